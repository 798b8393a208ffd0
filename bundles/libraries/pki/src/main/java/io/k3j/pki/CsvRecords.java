package io.k3j.pki;

import java.util.ArrayList;
import java.util.List;

/// Records of a file with commas, as Go's `encoding/csv` reads and writes them (RFC 4180): fields may stand in
/// quotation marks and hold commas and line breaks then, two marks inside are one; empty lines are none, and a carriage
/// return before a line break or at the end is left out. Messages name lines, never what stands in them.
public final class CsvRecords {
    private static final int NEXT_LINE = 0x85;

    private final String text;
    private int at;
    private int line = 1;

    private CsvRecords(String text) {
        this.text = text;
    }

    /// The records of a text, each with one field at least.
    /// @throws IllegalArgumentException for a quotation mark where none can be
    public static List<List<String>> of(String text) {
        String lines = text.replace("\r\n", "\n");
        return new CsvRecords(lines.endsWith("\r") ? lines.substring(0, lines.length() - 1) : lines).all();
    }

    /// One record as text, with its line break. What is read from it is the same but for carriage returns before line
    /// breaks, which are lost.
    public static String text(List<String> fields) {
        return String.join(",", fields.stream().map(CsvRecords::written).toList()) + "\n";
    }

    private static String written(String field) {
        return marked(field) ? '"' + field.replace("\"", "\"\"") + '"' : field;
    }

    /// Whether a field is written in quotation marks.
    private static boolean marked(String field) {
        if (field.isEmpty()) {
            return false;
        }
        int first = field.codePointAt(0);
        return field.equals("\\.") || field.chars().anyMatch(c -> ",\"\r\n".indexOf(c) >= 0)
                || Character.isWhitespace(first) || Character.isSpaceChar(first) || first == NEXT_LINE;
    }

    private List<List<String>> all() {
        List<List<String>> records = new ArrayList<>();
        while (at < text.length()) {
            if (text.charAt(at) == '\n') {
                at++;
                line++;
            } else {
                records.add(one());
            }
        }
        return records;
    }

    private List<String> one() {
        List<String> fields = new ArrayList<>();
        boolean more = true;
        while (more) {
            fields.add(at < text.length() && text.charAt(at) == '"' ? quoted() : plain());
            more = at < text.length() && text.charAt(at) == ',';
            at++;
        }
        line++;
        return fields;
    }

    /// Up to the comma or the end of the line.
    private String plain() {
        int from = at;
        while (at < text.length() && !ends()) {
            if (text.charAt(at) == '"') {
                throw new IllegalArgumentException("line " + line + ": a quotation mark inside of a field");
            }
            at++;
        }
        return text.substring(from, at);
    }

    private boolean ends() {
        return text.charAt(at) == ',' || text.charAt(at) == '\n';
    }

    private String quoted() {
        StringBuilder field = new StringBuilder();
        int begun = line;
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c != '"') {
                field.append(c);
                line += c == '\n' ? 1 : 0;
            } else if (at < text.length() && text.charAt(at) == '"') {
                field.append('"');
                at++;
            } else if (at == text.length() || ends()) {
                return field.toString();
            } else {
                throw new IllegalArgumentException("line " + line + ": a field goes on after its quotation mark");
            }
        }
        throw new IllegalArgumentException("line " + begun + ": a quotation mark that is not closed");
    }
}
