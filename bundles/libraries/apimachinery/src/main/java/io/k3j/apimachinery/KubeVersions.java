package io.k3j.apimachinery;

import java.util.List;

/// The order of versions of an API group (CustomResourceDefinition, Version priority). Pure.
public final class KubeVersions {
    private KubeVersions() {
    }

    /// Orders versions: stable before beta before alpha, higher numbers first, others by name; upstream's
    /// `version.CompareKubeAwareVersionStrings` the other way round.
    public static int byStability(String a, String b) {
        int[] x = parsed(a);
        int[] y = parsed(b);
        for (int i = 0; i < x.length; i++) {
            if (x[i] != y[i]) {
                return Integer.compare(y[i], x[i]);
            }
        }
        return a.compareTo(b);
    }

    /// Stability (3 stable, 2 beta, 1 alpha, 0 no Kubernetes version), major, minor.
    private static int[] parsed(String version) {
        int at = digits(version, 1);
        if (!version.startsWith("v") || at == 1) {
            return new int[] {0, 0, 0};
        }
        int major = number(version, 1, at);
        if (at == version.length()) {
            return new int[] {3, major, 0};
        }
        for (String word : List.of("beta", "alpha")) {
            int end = digits(version, at + word.length());
            if (version.startsWith(word, at) && end == version.length() && end > at + word.length()) {
                return new int[] {word.equals("beta") ? 2 : 1, major, number(version, at + word.length(), end)};
            }
        }
        return new int[] {0, 0, 0};
    }

    /// Where the digits end; nine at most, so that they fit an `int`.
    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && at - from < 9 && Character.isDigit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }
}
