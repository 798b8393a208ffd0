package io.k3j.launcher.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;

/// One JSON object a line, with the field names of Kubernetes' JSON log: `ts` (milliseconds), `level`,
/// `logger`, `msg`, `err`.
final class JsonLayout implements Layout {
    @Override
    public String text(Entry entry) {
        StringBuilder line = new StringBuilder(160);
        line.append("{\"ts\":").append(entry.time().toInstant().toEpochMilli());
        line.append(",\"level\":\"").append(entry.level().getName().toLowerCase(Locale.ROOT)).append('"');
        text(line.append(",\"logger\":"), entry.component());
        text(line.append(",\"msg\":"), entry.message());
        if (entry.failure() != null) {
            StringWriter trace = new StringWriter();
            entry.failure().printStackTrace(new PrintWriter(trace));
            text(line.append(",\"err\":"), trace.toString());
        }
        return line.append("}\n").toString();
    }

    private static void text(StringBuilder line, String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\t' -> line.append("\\t");
                default -> {
                    if (Layout.control(c)) {
                        line.append("\\u00").append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        line.append('"');
    }
}
