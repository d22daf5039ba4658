/** Values of `format` as regular expressions over a whole string. Formats that are not here say something, and bind nothing. */
const [month31, month30] = ['(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])', '(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)'];
const leapYear = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const date = `(?:\\d{4}-(?:${month31}|${month30}|02-(?:0[1-9]|1\\d|2[0-8]))|${leapYear}-02-29)`;
const time = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?';
const zone = '(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)';
const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = `${byte}(?:\\.${byte}){3}`;
const group = '[0-9a-fA-F]{1,4}';
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const hostname = `${label}(?:\\.${label}){0,6}`;
const unreserved = "[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}";
const path = `(?:${unreserved}|/)*`;
const tail = `(?:\\?(?:${unreserved}|[/?])*)?(?:#(?:${unreserved}|[/?])*)?`;
const authority = `(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*(?::\\d*)?`;
const uri = `[A-Za-z][A-Za-z0-9+.-]*:(?://${authority}(?:/${path})?|/?(?:${unreserved})(?:${unreserved}|/)*)${tail}`;
const reference = `(?:${uri}|(?://${authority}(?:/${path})?|/(?:(?:${unreserved})${path})?|(?:${unreserved.replace(':', '')})(?:${unreserved.replace(':', '')}|/)*)?${tail})`;
const localPart = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,32}(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,16}){0,3}";
const duration = (() => {
  const timePart = 'T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S)';
  const datePart = '(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)';
  return `P(?:${datePart}(?:${timePart})?|${timePart}|\\d+W)`;
})();

/** An IPv6 address: eight groups, or fewer around one `::`, the last two of them perhaps as IPv4. */
const ipv6 = (() => {
  const forms = [`(?:${group}:){7}${group}`, `(?:${group}:){6}${ipv4}`, `(?:${group}:){1,7}:`, '::'];
  for (let left = 0; left <= 6; left++) {
    const before = left === 0 ? ':' : `(?:${group}:){${left}}`;
    forms.push(`${before}(?::${group}){1,${7 - left}}`);
    if (left <= 4) forms.push(`${before}(?::${group}){0,${4 - left}}:${ipv4}`);
  }
  return forms.join('|');
})();

export const formats: Readonly<Record<string, string>> = {
  'date-time': `${date}[Tt]${time}${zone}`,
  date,
  time: `${time}${zone}`,
  duration,
  email: `${localPart}@${hostname}`,
  'idn-email': `${localPart}@${hostname}`,
  hostname,
  'idn-hostname': hostname,
  ipv4,
  'ip-address': ipv4,
  ipv6,
  uuid: '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}',
  uri,
  iri: uri,
  'uri-reference': reference,
  'iri-reference': reference,
  'json-pointer': '(?:/(?:[^~/]|~[01])*)*',
  'relative-json-pointer': '(?:0|[1-9]\\d*)(?:#|(?:/(?:[^~/]|~[01])*)*)',
};

/** Formats of strings that the specification has and that we cannot hold a model to. */
export const unsupportedFormats = ['uri-template', 'regex'];
