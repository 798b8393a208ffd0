package io.k3j.authtokens;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/// Parses the attributes of an X.500 name from its RFC 2253 form, in the order of the certificate.
final class SubjectName {
    private SubjectName() {
    }

    /// The values of one attribute type, such as `CN` or `O`.
    static List<String> values(X500Principal name, String type) {
        List<String> found = new ArrayList<>();
        String prefix = type + "=";
        for (String part : parts(name.getName(X500Principal.RFC2253))) {
            if (part.startsWith(prefix)) {
                found.addFirst(unescape(part.substring(prefix.length())));
            }
        }
        return found;
    }

    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == ',' || c == '+') {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return parts;
    }

    /// Removes escapes: `\,` is the character, `\c3\a4` are bytes of UTF-8.
    private static String unescape(String value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean escape = c == '\\' && i + 1 < value.length();
            if (escape && i + 2 < value.length() && HexFormat.isHexDigit(value.charAt(i + 1))
                    && HexFormat.isHexDigit(value.charAt(i + 2))) {
                bytes.write(HexFormat.fromHexDigits(value, i + 1, i + 3));
                i += 2;
            } else {
                i += escape ? 1 : 0;
                int point = value.codePointAt(i);
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(point) - 1;
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
