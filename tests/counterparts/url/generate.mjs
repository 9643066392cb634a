// URLs made of tricks: pieces that are right or nearly so, and then damage.

const kSchemes = ['https://', 'https://', 'https://', 'http://', 'http://', 'HTTPS://', 'https:/', 'https:///', '//', 'https:\\\\',
  'http:\\/', 'https:', 'ws://', 'ftp://', 'file:///', 'unix:', 'unix:/', ' https://', 'https://\t', 'javascript:', 'blob:https://'];
const kUsers = ['', '', '', '', '', '', 'user@', 'good.test@', 'a:b@', 'good.test:443@', '@', '%40', 'good.test%40', ':@', 'x\\@'];
const kHosts = ['good.test', 'good.test', 'products.shop.internal', 'a-1.shop.internal', 'pay.example', 'products', '10.1.2.3',
  '127.0.0.1', '127.0.0.2', '[2001:db8::1]', '8.8.8.8', 'evil.test', 'good.test.evil.test', 'evilgood.test', 'shop.internal',
  'a.b.shop.internal', 'xn--good-test', 'xn--80ak6aa92e.shop.internal', '2130706433', '0x7f.1', '127.1', '0', '010.1.2.3',
  '0x8080808', '134744072', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:8.8.8.8]', '[2001:DB8::1]', '[2001:db8:0::1]', '[fe80::1%25lo]',
  'localhost', '', '.', '..', '/run/a.sock', '/run//a.sock', '/run/../run/a.sock'];
const kDots = ['.', '.', '.', '\u3002', '\uFF0E', '\uFF61', '%2e', '..', '.\u00AD', '\u2024'];
const kPorts = ['', '', '', '', ':443', ':8443', ':4001', ':4001', ':80', ':', ':0', ':0443', ':65536', ':65979', ':443:443', ':+443',
  ': 443', ':4_43', ':\uFF14\uFF14\uFF13', ':443@evil.test', ':99999999999999999999', ':%34%34%33', ':-1', ':443\\'];
const kPaths = ['', '/', '/graphql', '/graphql?a=b', '/a/../b', '/./a', '/%2e%2e/a', '\\', '\\@evil.test/', '/@evil.test', '?x', '?@evil.test',
  '#f', '#@evil.test', ';x', '/a\\b', '/%00', '/%0d%0aX:y', '/%zz', '/ ', '/\u00E9', '/a?b?c', '/a?b#c', '//evil.test', '/%2F', '/|', '/a:b@c'];
const kDamage = ['\0', '\t', '\n', '\r', ' ', '\\', '/', '@', ':', '#', '?', '%', '.', '-', '_', '[', ']', '\u00AD', '\u200B', '\u2044', '\u212A',
  '\u017F', '\uFF47', '\u00DF', '%00', '%2f', '%40', '%5c', '\x7F', '|', '^', '*', '{', '$'];

const kListed = [['https', 'good.test', ['', ':443']], ['https', '*', ['', ':443']], ['https', '*', ['']], ['https', 'pay.example', [':8443']],
  ['http', 'products', [':4001']], ['https', '10.1.2.3', ['']], ['http', '127.0.0.1', [':4001']], ['https', '8.8.8.8', ['', ':443']]];
const kGoodPaths = ['', '/', '/graphql', '/graphql?a=b', '/a@b:c', '/a?@evil.test', '/%C3%A9', '/a;b=c,d'];

export class UrlGenerator {
  constructor(seed) {
    this.state = (seed >>> 0) || 1;
  }

  // xorshift32
  below(count) {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % count;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  next() {
    if (this.below(3) === 0) return this.nearlyRight();
    let text = this.pick(kSchemes) + this.pick(kUsers) + this.host() + this.pick(kPorts) + this.pick(kPaths);
    for (let left = this.below(10) - 7; left > 0; left--) text = this.damage(text);
    return text;
  }

  // What may pass, or would but for one byte.
  nearlyRight() {
    const [scheme, host, ports] = this.pick(kListed);
    const name = host === '*' ? `${this.label()}.shop.internal` : host;
    const text = `${scheme}://${name}${this.pick(ports)}${this.pick(kGoodPaths)}`;
    return this.below(3) === 0 ? text : this.damage(text);
  }

  host() {
    let host = this.pick(kHosts);
    if (this.below(6) === 0) host = host.replace(/\./, () => this.pick(kDots));
    if (this.below(10) === 0) host = this.pick(kHosts) + this.pick(['', '.', '-', '\0', '%00', '\u3002']) + host;
    if (this.below(12) === 0) host += this.pick(['.', '..', '\u3002', '%00', '%00.evil.test', '\t', '.evil.test', '\u00AD']);
    if (this.below(12) === 0) host = this.recase(host);
    if (this.below(12) === 0) host = `${this.label()}.shop.internal`;
    return host;
  }

  recase(text) {
    const at = this.below(text.length + 1);
    return text.slice(0, at) + text.slice(at, at + 1).toUpperCase() + text.slice(at + 1);
  }

  // Letters, digits and hyphens as they may and may not stand.
  label() {
    let text = '';
    for (let left = 1 + this.below(8); left > 0; left--) text += this.pick('abcdefghijklmnopqrstuvwxyz0123456789-'.split(''));
    return this.below(4) === 0 ? `xn--${text}` : text;
  }

  damage(text) {
    const at = this.below(text.length + 1);
    const piece = this.below(3) === 0 ? '' : this.pick(kDamage);
    return text.slice(0, at) + piece + text.slice(at + this.below(2));
  }
}
