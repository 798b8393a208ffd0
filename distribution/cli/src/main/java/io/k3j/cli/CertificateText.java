package io.k3j.cli;

import io.k3j.codec.Json;
import io.k3j.codec.Yaml;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The forms `k3s certificate check` prints: K3s'.
final class CertificateText {
    private static final DateTimeFormatter DATE = DateTimeFormatter
            .ofPattern("MMM dd, yyyy HH:mm 'UTC'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private CertificateText() {
    }

    /// A sentence for each.
    static String text(List<CertificateLine> lines) {
        StringBuilder text = new StringBuilder();
        for (CertificateLine line : lines) {
            text.append(line.file()).append(": certificate ").append(line.subject()).append(" (")
                    .append(String.join(",", line.usages())).append(") ").append(switch (line.status()) {
                        case "NOT YET VALID" -> "is not valid before ";
                        case "EXPIRED" -> "expired at ";
                        case "WARNING" -> "will expire within " + CertificateLine.RENEW_DAYS + " days at ";
                        default -> "is ok, expires at ";
                    }).append(line.expiry().truncatedTo(ChronoUnit.SECONDS)).append('\n');
        }
        return text.toString();
    }

    /// Columns, as wide as they have to be.
    static String table(List<CertificateLine> lines) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("FILENAME", "SUBJECT", "USAGES", "EXPIRES", "RESIDUAL TIME", "STATUS"));
        rows.add(List.of("--------", "-------", "------", "-------", "-------------", "------"));
        for (CertificateLine line : lines) {
            rows.add(List.of(line.file(), line.subject(), String.join(",", line.usages()), DATE.format(line.expiry()),
                    RoundedTime.of(line.residual()), line.status()));
        }
        return "\n" + Columns.text(rows, 0);
    }

    /// As Go's encoder writes K3s' structure: the residual time in nanoseconds.
    static String json(List<CertificateLine> lines) {
        return Json.text(Struct.of("Certificates", Seq.copyOf(lines.stream().map(line -> Struct.of("Filename",
                line.file(), "Subject", line.subject(), "Issuer", line.issuer(), "Usages", Seq.copyOf(line.usages()),
                "ExpiryTime", line.expiry().toString(), "ResidualTime", line.residual().toNanos(), "Status",
                line.status())).toList())));
    }

    /// The same in YAML, whose encoder writes names in lower case and durations as Go does.
    static String yaml(List<CertificateLine> lines) {
        StringBuilder text = new StringBuilder(lines.isEmpty() ? "certificates: []\n" : "certificates:\n");
        for (CertificateLine line : lines) {
            text.append("- filename: ").append(Yaml.text(line.file())).append("  subject: ")
                    .append(Yaml.text(line.subject())).append("  issuer: ").append(Yaml.text(line.issuer()))
                    .append("  usages:\n");
            line.usages().forEach(usage -> text.append("  - ").append(Yaml.text(usage)));
            text.append("  expirytime: ").append(line.expiry()).append("\n  residualtime: ")
                    .append(go(line.residual())).append("\n  status: ").append(line.status()).append('\n');
        }
        return text.toString();
    }

    /// `8759h59m59.5s`; whole hours are followed by `0m0s`.
    private static String go(Duration duration) {
        Duration size = duration.abs();
        String fraction = size.getNano() == 0 ? ""
                : String.format(Locale.ROOT, ".%09d", size.getNano()).replaceFirst("0+$", "");
        return (duration.isNegative() ? "-" : "") + (size.toHours() > 0 ? size.toHours() + "h" : "")
                + (size.toMinutes() > 0 ? size.toMinutesPart() + "m" : "") + size.toSecondsPart() + fraction + "s";
    }
}
