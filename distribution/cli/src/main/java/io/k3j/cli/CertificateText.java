package io.k3j.cli;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// The forms `k3s certificate check` prints.
final class CertificateText {
    private CertificateText() {
    }

    /// Columns, as wide as they have to be.
    static String table(List<CertificateCommand.Line> lines) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"FILENAME", "SUBJECT", "USAGES", "EXPIRES", "RESIDUAL TIME", "STATUS"});
        for (CertificateCommand.Line line : lines) {
            rows.add(new String[] {line.file(), line.subject(), line.usages(), line.end().toString(), line.left(),
                    line.status()});
        }
        int[] widths = new int[rows.getFirst().length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length() + 3);
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder one = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                one.append(row[i]).append(" ".repeat(widths[i] - row[i].length()));
            }
            text.append(one.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /// A list of objects.
    static String json(List<CertificateCommand.Line> lines) {
        return Json.text(Seq.copyOf(lines.stream().map(CertificateText::object).toList()));
    }

    private static Struct object(CertificateCommand.Line line) {
        return Struct.of("filename", line.file(), "subject", line.subject(), "usages", line.usages(), "expiryDate",
                line.end().toString(), "residualTime", line.left(), "status", line.status());
    }

    /// The same in YAML.
    static String yaml(List<CertificateCommand.Line> lines) {
        StringBuilder text = new StringBuilder();
        for (CertificateCommand.Line line : lines) {
            String[] mark = {"- "};
            object(line).forEach((name, value) -> {
                text.append(mark[0]).append(name).append(": \"").append(value).append("\"\n");
                mark[0] = "  ";
            });
        }
        return text.toString();
    }
}
