/** Answers are data: markdown without HTML and images, and sanitized all the same. */
import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt({ html: false, linkify: false, breaks: true }).disable('image');
const allowed = 'p br strong em s code pre ul ol li blockquote h1 h2 h3 h4 h5 h6 table thead tbody tr th td hr a'.split(
  ' ',
);

export function renderMarkdown(text: string): string {
  return DOMPurify.sanitize(markdown.render(text), {
    ALLOWED_TAGS: allowed,
    ALLOWED_ATTR: ['href', 'start'],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|#)/i,
  });
}
