package io.k3j.validation;

import java.util.Locale;

/// A URL as Go's `net/url` parses one (Go 1.26, with which 1.36 is built): names of hosts have underscores and more,
/// and a path any character but those of control. Pure.
///
/// @param scheme in lower case, empty without one
/// @param named whether it names a user
/// @param host with its port, as it is written; empty without one
/// @param query behind the first question mark
/// @param fragment behind the first hash, as it is written
record ParsedUrl(String scheme, boolean named, String host, String query, String fragment) {
    /// Beside letters and digits.
    private static final String HOST = "-_.~!$&'()*+,;=:[]<>\"";
    private static final String USER = "-._:~!$&'()*+,;=%@";
    private static final String PERCENT = "%25";
    private static final int ASCII = 0x80;
    private static final char DELETE = 0x7f;

    /// Where a text stands.
    private enum Part {
        HOST, ZONE, OTHER
    }

    /// @throws IllegalArgumentException in Go's words, for what is none; a user's name and password are not shown
    static ParsedUrl parse(String text) {
        int hash = text.indexOf('#');
        String plain = hash < 0 ? text : text.substring(0, hash);
        String fragment = hash < 0 ? "" : text.substring(hash + 1);
        String told = plain;
        try {
            ParsedUrl url = of(plain, fragment);
            told = text;
            checkEscapes(fragment, Part.OTHER);
            return url;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("parse " + quoted(shown(told)) + ": " + e.getMessage(), e);
        }
    }

    private static String shown(String text) {
        int from = text.indexOf("//") + 2;
        int at = text.lastIndexOf('@');
        return from < 2 || at < from ? text : text.substring(0, from) + "xxxxx" + text.substring(at);
    }

    private static ParsedUrl of(String text, String fragment) {
        if (text.chars().anyMatch(c -> c < ' ' || c == DELETE)) {
            throw new IllegalArgumentException("net/url: invalid control character in URL");
        }
        int colon = colon(text);
        if (colon == 0) {
            throw new IllegalArgumentException("missing protocol scheme");
        }
        String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        String all = text.substring(colon + 1);
        int question = all.indexOf('?');
        String query = question < 0 ? "" : all.substring(question + 1);
        String rest = question < 0 ? all : all.substring(0, question);
        if (!rest.startsWith("/") && !scheme.isEmpty()) {
            return new ParsedUrl(scheme, false, "", query, fragment);
        }
        if (!rest.startsWith("/") && upTo(rest, '/', 0).indexOf(':') >= 0) {
            throw new IllegalArgumentException("first path segment in URL cannot contain colon");
        }
        boolean located = rest.startsWith("//") && (!scheme.isEmpty() || !rest.startsWith("///"));
        String authority = located ? upTo(rest, '/', 2).substring(2) : "";
        int at = authority.lastIndexOf('@');
        String host = authority.substring(at + 1);
        checkHost(host);
        if (at >= 0) {
            checkUser(authority.substring(0, at));
        }
        checkEscapes(located ? rest.substring(2 + authority.length()) : rest, Part.OTHER);
        return new ParsedUrl(scheme, at >= 0, host, query, fragment);
    }

    /// The place of the colon behind the scheme; negative without one.
    private static int colon(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ':') {
                return i;
            }
            boolean within = i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.');
            if (!letter(c) && !within) {
                return -1;
            }
        }
        return -1;
    }

    private static String upTo(String text, char end, int from) {
        int at = text.indexOf(end, from);
        return at < 0 ? text : text.substring(0, at);
    }

    private static void checkUser(String user) {
        if (!user.chars().allMatch(c -> alphanumeric(c) || USER.indexOf(c) >= 0)) {
            throw new IllegalArgumentException("net/url: invalid userinfo");
        }
        checkEscapes(user, Part.OTHER);
    }

    private static void checkHost(String host) {
        int open = host.lastIndexOf('[');
        if (open > 0) {
            throw new IllegalArgumentException("invalid IP-literal");
        }
        if (open == 0) {
            checkLiteral(host);
            return;
        }
        int colon = host.indexOf(':');
        checkPort(colon < 0 ? "" : host.substring(colon));
        checkEscapes(host, Part.HOST);
    }

    /// An address of IPv6 in brackets, perhaps with a zone.
    private static void checkLiteral(String host) {
        int close = host.lastIndexOf(']');
        if (close < 0) {
            throw new IllegalArgumentException("missing ']' in host");
        }
        checkPort(host.substring(close + 1));
        String name = host.substring(1, close);
        int zone = name.indexOf(PERCENT);
        String address = zone < 0 ? name : name.substring(0, zone);
        checkEscapes(address, Part.HOST);
        checkEscapes(zone < 0 ? "" : name.substring(zone), Part.ZONE);
        if (Addresses.isIpv4(address)) {
            throw new IllegalArgumentException("invalid IP-literal");
        }
        if (!Addresses.isIpv6(address) && !Addresses.isMapped(address) || name.endsWith(PERCENT)) {
            throw new IllegalArgumentException("invalid host: ParseAddr(" + quoted(name) + "): unable to parse IP");
        }
    }

    private static void checkPort(String port) {
        if (!port.isEmpty() && (port.charAt(0) != ':' || !port.substring(1).chars().allMatch(ParsedUrl::digit))) {
            throw new IllegalArgumentException("invalid port " + quoted(port) + " after host");
        }
    }

    /// Only what is not ASCII is escaped in a host.
    private static void checkEscapes(String text, Part part) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                String escape = text.substring(i, Math.min(i + PERCENT.length(), text.length()));
                int value = value(escape);
                boolean odd = part == Part.HOST && value < ASCII || part == Part.ZONE && value != ' ' && !ofHost(value);
                if (value < 0 || odd && !escape.equals(PERCENT)) {
                    throw new IllegalArgumentException("invalid URL escape " + quoted(escape));
                }
                i += 2;
            } else if (part != Part.OTHER && c < ASCII && !ofHost(c)) {
                throw new IllegalArgumentException("invalid character " + quoted(String.valueOf(c)) + " in host name");
            }
        }
    }

    /// The byte that is escaped; negative for none.
    private static int value(String escape) {
        if (escape.length() < PERCENT.length()) {
            return -1;
        }
        int high = escape.charAt(1) < ASCII ? Character.digit(escape.charAt(1), 16) : -1;
        int low = escape.charAt(2) < ASCII ? Character.digit(escape.charAt(2), 16) : -1;
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    private static boolean ofHost(int c) {
        return alphanumeric(c) || HOST.indexOf(c) >= 0;
    }

    private static boolean alphanumeric(int c) {
        return letter(c) || digit(c);
    }

    private static boolean letter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    /// As `%q` of Go shows it, but for letters that cannot be printed beyond ASCII.
    private static String quoted(String text) {
        StringBuilder b = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> b.append('\\').append(c);
                case '\n' -> b.append("\\n");
                case '\r' -> b.append("\\r");
                case '\t' -> b.append("\\t");
                default -> b.append(c < ' ' || c == DELETE ? "\\x" + hex(c >> 4) + hex(c & 15) : String.valueOf(c));
            }
        }
        return b.append('"').toString();
    }

    private static char hex(int digit) {
        return Character.forDigit(digit, 16);
    }
}
