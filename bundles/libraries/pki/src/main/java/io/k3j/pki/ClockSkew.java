package io.k3j.pki;

import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Tells a certificate that is refused for its time from one that is refused for its signer. Pure.
public final class ClockSkew {
    /// Causes that are looked at: they may go in a circle.
    private static final int DEEPEST = 10;

    private ClockSkew() {
    }

    /// A sentence for the person at this machine when a certificate was too young or too old for its clock; empty when
    /// `failure` is another one.
    ///
    /// @param failure of a TLS connection; its causes are looked at, too
    /// @param now what this machine's clock says
    public static Optional<String> told(Throwable failure, Instant now) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            boolean young = cause instanceof CertificateNotYetValidException;
            if (young || cause instanceof CertificateExpiredException) {
                return Optional.of("by this machine's clock, which says " + now.truncatedTo(ChronoUnit.SECONDS)
                        + ", the certificate is " + (young ? "not valid yet" : "out of date") + " ("
                        + cause.getMessage() + "); set the clock, for example with: date -s, or let NTP do it");
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }
}
