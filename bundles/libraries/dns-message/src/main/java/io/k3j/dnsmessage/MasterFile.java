package io.k3j.dnsmessage;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/// Reads a master file (RFC 1035 §5, RFC 2308 §4): records with `@`, names without a dot at their end, owners and times
/// to live that are left out, comments, brackets, quotes and escapes; `$ORIGIN` and `$TTL`. Types are those of
/// [ResourceRecordText]. For one file, on one thread.
public final class MasterFile {
    /// Records of one file.
    static final int MOST_RECORDS = 50_000;
    private static final long USUAL_TTL = 3600;
    private static final long LONGEST_TTL = Integer.MAX_VALUE;
    private final String text;
    private final List<ResourceRecord> records = new ArrayList<>();
    private String origin;
    private String owner;
    private long ttl = USUAL_TTL;
    private int at;
    private int line = 1;
    /// Where the entry that is being read begins.
    private int first = 1;

    private MasterFile(String text, String origin) {
        this.text = text;
        this.origin = origin;
        this.owner = origin;
    }

    /// The records of a file, in order.
    ///
    /// @param origin what names without a dot at their end are below, in lower case and without the dot
    /// @return names in lower case, without the dot
    /// @throws IllegalArgumentException with the line, for what cannot be read, for `$INCLUDE` and `$GENERATE`, and for
    ///         more than 50 000 records (MOST_RECORDS)
    public static List<ResourceRecord> parse(String text, String origin) {
        MasterFile file = new MasterFile(text, origin);
        try {
            while (file.at < text.length()) {
                file.entry();
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("line " + file.first + ": " + e.getMessage(), e);
        }
        return List.copyOf(file.records);
    }

    /// One entry with its end of line.
    private void entry() {
        first = line;
        boolean inherited = at < text.length() && " \t".indexOf(text.charAt(at)) >= 0;
        Deque<String> words = words();
        if (words.isEmpty()) {
            return;
        }
        String word = words.element();
        if (!inherited && word.startsWith("$")) {
            directive(words);
            return;
        }
        if (!inherited) {
            owner = complete(words.remove());
        }
        if (records.size() == MOST_RECORDS) {
            throw new IllegalArgumentException("more than " + MOST_RECORDS + " records (MOST_RECORDS)");
        }
        records.add(record(words));
    }

    private void directive(Deque<String> words) {
        String name = words.remove().toUpperCase(Locale.ROOT);
        String value = words.poll();
        if (value == null || !words.isEmpty()) {
            throw new IllegalArgumentException(name + " takes one word");
        }
        switch (name) {
            case "$ORIGIN" -> origin = complete(value);
            case "$TTL" -> ttl = seconds(value);
            default -> throw new IllegalArgumentException(name + " is not there; write its records out");
        }
    }

    /// Time to live and class in any order, type and data.
    private ResourceRecord record(Deque<String> words) {
        long lives = ttl;
        while (true) {
            String word = words.poll();
            if (word == null) {
                throw new IllegalArgumentException("a type is missing");
            }
            if (word.charAt(0) >= '0' && word.charAt(0) <= '9') {
                lives = seconds(word);
            } else if (!word.equalsIgnoreCase("IN")) {
                return ResourceRecordText.record(owner, lives, word, words, this::complete);
            }
        }
    }

    /// A name as a record has it.
    private String complete(String word) {
        String name = word.equals("@") ? origin
                : ends(word) || origin.isEmpty() ? DomainNames.normal(decoded(word))
                        : DomainNames.lower(decoded(word)) + "." + origin;
        DomainNames.wire(name);
        return name;
    }

    /// Whether a name has a dot at its end that is none of a label's.
    private static boolean ends(String name) {
        int backslashes = 0;
        for (int i = name.length() - 2; i >= 0 && name.charAt(i) == '\\'; i--) {
            backslashes++;
        }
        return name.endsWith(".") && backslashes % 2 == 0;
    }

    /// `\046` as the byte, with a backslash where the byte would be read as another sign.
    private static String decoded(String name) {
        StringBuilder out = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == '\\' && i + 3 < name.length() && digits(name, i + 1)) {
                int code = Integer.parseInt(name.substring(i + 1, i + 4));
                if (code > 255) {
                    throw new IllegalArgumentException("no byte: " + name.substring(i, i + 4));
                }
                out.append(code == '.' || code == '\\' ? "\\" : "").append((char) code);
                i += 3;
            } else {
                out.append(name.charAt(i));
                if (name.charAt(i) == '\\' && i + 1 < name.length()) {
                    out.append(name.charAt(++i));
                }
            }
        }
        return out.toString();
    }

    private static boolean digits(String text, int from) {
        for (int i = from; i < from + 3; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /// A number, or several with the units `s`, `m`, `h`, `d` and `w`, as in BIND's files.
    static long seconds(String word) {
        long all = 0;
        long number = -1;
        for (char c : word.toLowerCase(Locale.ROOT).toCharArray()) {
            if (c >= '0' && c <= '9') {
                number = Math.max(number, 0) * 10 + (c - '0');
            } else {
                int unit = "smhdw".indexOf(c);
                if (unit < 0 || number < 0) {
                    throw new IllegalArgumentException("no time to live: " + word);
                }
                all += number * new long[] {1, 60, 3600, 86_400, 604_800}[unit];
                number = -1;
            }
            if (number > LONGEST_TTL || all > LONGEST_TTL) {
                throw new IllegalArgumentException("beyond " + LONGEST_TTL + ": " + word);
            }
        }
        long sum = all + Math.max(number, 0);
        if (sum > LONGEST_TTL) {
            throw new IllegalArgumentException("beyond " + LONGEST_TTL + ": " + word);
        }
        return sum;
    }

    /// The words up to the end of the entry, which brackets put off. What was in quotes begins with one: a word of a
    /// text may be empty.
    private Deque<String> words() {
        Deque<String> all = new ArrayDeque<>();
        int open = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            switch (c) {
                case '\n' -> {
                    at++;
                    line++;
                    if (open == 0) {
                        return all;
                    }
                }
                case ';' -> at = end(text.indexOf('\n', at));
                case '(' -> {
                    open++;
                    at++;
                }
                case ')' -> {
                    if (--open < 0) {
                        throw new IllegalArgumentException("a bracket that was not opened");
                    }
                    at++;
                }
                case ' ', '\t', '\r' -> at++;
                case '"' -> all.add(quoted());
                default -> all.add(word());
            }
        }
        if (open > 0) {
            throw new IllegalArgumentException("a bracket that is not closed");
        }
        return all;
    }

    private int end(int found) {
        return found < 0 ? text.length() : found;
    }

    private String quoted() {
        int begin = at++;
        while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\n') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        if (at >= text.length() || text.charAt(at) != '"') {
            throw new IllegalArgumentException("a quote without its end");
        }
        return decoded(text.substring(begin, at++));
    }

    private String word() {
        int begin = at;
        while (at < text.length() && " \t\r\n();\"".indexOf(text.charAt(at)) < 0) {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        at = Math.min(at, text.length());
        return text.substring(begin, at);
    }
}
