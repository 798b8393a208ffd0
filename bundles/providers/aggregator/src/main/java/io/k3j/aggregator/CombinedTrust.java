package io.k3j.aggregator;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.pki.Pem;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What servers of one cluster say of whom to believe, taken together: while authorities are being changed some have
/// the old ones and some the new ones, and both are to be believed. What is there comes first, so that servers do not
/// write one after the other without end; what is there and cannot be read goes. Pure.
final class CombinedTrust {
    private CombinedTrust() {
    }

    /// Certificates as PEM, each once, without those that have expired.
    /// @param there possibly garbage
    /// @throws IllegalArgumentException when `own` cannot be read
    static String certificates(String there, String own, Instant now) {
        Set<X509Certificate> all = new LinkedHashSet<>(readable(there));
        all.addAll(Pem.certificates(own));
        all.removeIf(c -> now.isAfter(c.getNotAfter().toInstant()));
        return Pem.encode(List.copyOf(all));
    }

    private static List<X509Certificate> readable(String there) {
        try {
            return Pem.certificates(there);
        } catch (IllegalArgumentException garbage) {
            return List.of();
        }
    }

    /// A list of names as JSON, each once.
    /// @param there possibly garbage
    static String names(String there, String own) {
        Set<String> all = new LinkedHashSet<>(listed(there));
        all.add(own);
        return Json.text(Seq.copyOf(all));
    }

    private static List<String> listed(String there) {
        try {
            return Json.value(there.getBytes(StandardCharsets.UTF_8)) instanceof Seq list ? list.texts() : List.of();
        } catch (RuntimeException garbage) {
            return List.of();
        }
    }
}
