package io.k3j.authtokens;

import java.util.ArrayList;
import java.util.List;

/// Records of a file with commas, as Go's `encoding/csv` reads them (RFC 4180): fields may stand in quotation marks,
/// two of which inside are one; empty lines are none. Messages name lines, never what stands in them.
final class CsvRecords {
    private final String text;
    private int at;
    private int line = 1;

    private CsvRecords(String text) {
        this.text = text;
    }

    /// @throws IllegalArgumentException for a quotation mark where none can be
    static List<List<String>> of(String text) {
        return new CsvRecords(text.replace("\r\n", "\n")).all();
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
