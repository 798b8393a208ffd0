package io.k3j.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What `k3s certificate check` says of one certificate.
///
/// @param file its name without directories
/// @param subject the common name
/// @param issuer the common name of who has signed it
/// @param usages in K3s' words
/// @param from when it begins to be valid
/// @param end when it ends to be valid
/// @param now when this was asked
record CertificateLine(String file, String subject, String issuer, List<String> usages, Instant from, Instant end,
        Instant now) {
    /// How long before its end one is renewed by a start.
    static final int RENEW_DAYS = 120;

    String status() {
        return now.isBefore(from) ? "NOT YET VALID"
                : now.isAfter(end) ? "EXPIRED"
                        : now.plus(Duration.ofDays(RENEW_DAYS)).isAfter(end) ? "WARNING" : "OK";
    }

    /// The time its status is about: the end, or the beginning of one that is not valid yet.
    Instant expiry() {
        return now.isBefore(from) ? from : end;
    }

    /// Negative when it has ended.
    Duration residual() {
        return Duration.between(now, end);
    }
}
