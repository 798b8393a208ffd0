package io.k3j.cli;

import javax.security.auth.x500.X500Principal;

/// The common name of a certificate's subject or issuer.
final class CommonName {
    private static final String MARK = "CN=";

    private CommonName() {
    }

    /// The first one, empty for none.
    static String of(X500Principal name) {
        // by RFC 2253: parts are separated by commas and plus signs, a backslash keeps what follows it
        String text = name.getName();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                part.append(text.charAt(++i));
            } else if (c != ',' && c != '+') {
                part.append(c);
            } else if (part.indexOf(MARK) == 0) {
                break;
            } else {
                part.setLength(0);
            }
        }
        return part.indexOf(MARK) == 0 ? part.substring(MARK.length()) : "";
    }
}
