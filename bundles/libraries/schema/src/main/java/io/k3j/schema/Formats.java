package io.k3j.schema;

import com.google.re2j.Pattern;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Map;

/// OpenAPI formats that are checked; others mean nothing, as upstream. The names are those of go-openapi's `strfmt`
/// that a CRD may use. Texts of users are matched by RE2, so a long one costs no more than its length. Pure.
final class Formats {
    /// A number up to 255 without leading zeros: with them it would be octal for some readers and decimal for others.
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    /// Four such numbers. An address with leading zeros is none.
    private static final String V4 = OCTET + "(\\." + OCTET + "){3}";
    /// By format. Each is anchored, since it is looked for with `find`.
    private static final Map<String, Pattern> PATTERNS = Map.of(
            "uuid", Pattern.compile("(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$"),
            "ipv4", Pattern.compile("^" + V4 + "$"),
            "email", Pattern.compile("^[^@\\s<>]+@[^@\\s<>]+$"),
            "mac", Pattern.compile("(?i)^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$"),
            "hostname", Pattern.compile("^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)*"
                    + "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.?$"),
            "hexcolor", Pattern.compile("^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"));

    private Formats() {
    }

    /// Whether a value has a format. `int32` bounds whole numbers; all others are about texts and say nothing about
    /// other types.
    static boolean valid(String format, Object v) {
        if (v instanceof Long l && format.equals("int32")) {
            return l == l.intValue();
        }
        return !(v instanceof String s) || text(format, s);
    }

    /// Texts of 4096 characters and more are refused by formats that have a pattern: none of these is so long.
    private static boolean text(String format, String s) {
        Pattern pattern = PATTERNS.get(format);
        if (pattern != null) {
            return s.length() < 4096 && pattern.matcher(s).find();
        }
        try {
            switch (format) {
                case "date-time", "datetime" -> OffsetDateTime.parse(s);
                case "date" -> LocalDate.parse(s);
                case "byte" -> Scalars.base64(s);
                case "duration" -> DurationFormat.parse(s);
                case "uri" -> {
                    return new URI(s).isAbsolute() || s.startsWith("/");
                }
                case "ipv6" -> {
                    return ipv6(s);
                }
                case "cidr" -> {
                    return cidr(s);
                }
                default -> {
                }
            }
            return true;
        } catch (DateTimeException | DecodeFailure | URISyntaxException | IllegalArgumentException e) {
            return false;
        }
    }

    /// An address of either family, a slash and a number of bits it can have. Bits of the host may be set.
    private static boolean cidr(String s) {
        int slash = s.indexOf('/');
        if (slash < 0) {
            return false;
        }
        String address = s.substring(0, slash);
        boolean four = text("ipv4", address);
        String bits = s.substring(slash + 1);
        boolean number = !bits.isEmpty() && bits.length() <= 3 && bits.chars().allMatch(c -> c >= '0' && c <= '9');
        return number && (four || ipv6(address)) && Integer.parseInt(bits) <= (four ? 32 : 128);
    }

    /// Groups of at most four digits, one gap, maybe an IPv4 address at the end. By hand, because `InetAddress` takes
    /// zones and names as well.
    private static boolean ipv6(String s) {
        int gap = s.indexOf("::");
        if (s.indexOf(':') < 0 || gap >= 0 && s.indexOf("::", gap + 1) >= 0) {
            return false;
        }
        int groups = 0;
        String[] parts = s.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            boolean edge = parts[i].isEmpty() && gap >= 0;
            boolean four = i == parts.length - 1 && parts[i].indexOf('.') >= 0 && text("ipv4", parts[i]);
            boolean hex = !parts[i].isEmpty() && parts[i].length() <= 4
                    && parts[i].chars().allMatch(c -> Character.digit(c, 16) >= 0);
            if (!edge && !four && !hex) {
                return false;
            }
            groups += edge ? 0 : four ? 2 : 1;
        }
        return gap >= 0 ? groups < 8 : groups == 8;
    }
}
