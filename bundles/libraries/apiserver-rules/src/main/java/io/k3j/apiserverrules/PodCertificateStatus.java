package io.k3j.apiserverrules;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import io.k3j.pki.PemBlocks;
import io.k3j.pki.RequestedKey;
import io.k3j.validation.ConditionRules;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What a signer may say of a PodCertificateRequest, once: that it is issued, denied or failed, and of what is issued
/// what its certificate says.
final class PodCertificateStatus {
    private static final List<String> TYPES = List.of("Issued", "Denied", "Failed");
    private static final String CHAIN = "certificateChain";
    private static final String FIRST_OTHER = "issued certificate chain must consist entirely of CERTIFICATE PEM"
            + " blocks";
    /// Behind the first one, in upstream's spelling.
    private static final String REST_OTHER = "issued certificate chain must consist entirely of CERTFICATE PEM"
            + " blocks";
    private static final String REFRESH = "beginRefreshAt";
    private static final int MOST_CHAIN_BYTES = 100 * 1024;
    private static final Duration SKEW = Duration.ofMinutes(5);
    private static final Duration MARGIN = Duration.ofMinutes(10);
    private static final Duration SHORTEST = Duration.ofHours(1);
    private final InstantSource clock;

    /// @param clock of the time of day
    PodCertificateStatus(InstantSource clock) {
        this.clock = clock;
    }

    /// @param p the status' place
    void check(Struct spec, Struct before, Struct after, Problems p) {
        conditions(after, p);
        if (!p.found().isEmpty() || same(before, after)) {
            return;
        }
        String type = type(after);
        if (!type(before).isEmpty()) {
            refused(p, "immutable after PodCertificateRequest is issued, denied, or failed");
        } else if (type.isEmpty()) {
            refused(p, "status is immutable unless transitioning to \"Issued\", \"Denied\", or \"Failed\"");
        } else if (type.equals("Issued")) {
            issued(spec, after, p);
        } else if (!same(after, Struct.of("conditions", after.seq("conditions")))) {
            refused(p, "non-condition status fields must be empty when denying or failing the"
                    + " PodCertificateRequest");
        }
    }

    /// Upstream shows no value here.
    private static void refused(Problems p, String why) {
        p.add(new FieldProblem(p.path(), "FieldValueInvalid", "Invalid value: " + why));
    }

    private static boolean same(Struct one, Struct other) {
        return bare(one).equals(bare(other));
    }

    private static Struct bare(Struct status) {
        return status.seq("conditions").isEmpty() ? status.without("conditions") : status;
    }

    private static String type(Struct status) {
        return status.seq("conditions").isEmpty() ? "" : status.seq("conditions").struct(0).text("type");
    }

    /// The places of the first problems are written with a dot, as upstream has them.
    private static void conditions(Struct status, Problems problems) {
        Seq conditions = status.seq("conditions");
        int known = 0;
        for (int i = 0; i < conditions.size() && !problems.full(); i++) {
            Struct c = conditions.struct(i);
            Problems p = problems.at("conditions").at("[" + i + "]");
            if (!TYPES.contains(c.text("type"))) {
                p.at("type").unsupported(c.text("type"), TYPES);
                continue;
            }
            known++;
            if (known > 1) {
                p.at("type").invalid(c.text("type"), "There may be at most one condition with type \"Issued\","
                        + " \"Denied\", or \"Failed\"");
            }
            if (!c.text("status").equals("True")) {
                p.at("status").unsupported(c.text("status"), List.of("True"));
            }
        }
        ConditionRules.check(status, problems);
    }

    private void issued(Struct spec, Struct status, Problems p) {
        String chain = status.text(CHAIN);
        Problems at = p.at(CHAIN);
        if (chain.getBytes(StandardCharsets.UTF_8).length > MOST_CHAIN_BYTES) {
            at.tooLong(MOST_CHAIN_BYTES);
            return;
        }
        List<PemBlocks.Block> blocks = PemBlocks.of(chain);
        if (blocks.isEmpty()) {
            at.invalid(chain, "issued certificate chain must contain at least one certificate");
            return;
        }
        if (certificate(blocks.getFirst(), FIRST_OTHER, "leaf", at, chain)) {
            leaf(spec, status, blocks.getFirst().legible().orElseThrow(), p);
        }
        for (int i = 1; i < blocks.size() && p.found().isEmpty(); i++) {
            certificate(blocks.get(i), REST_OTHER, "intermediate", at, chain);
        }
    }

    private static boolean certificate(PemBlocks.Block block, String otherwise, String which, Problems at,
            String chain) {
        if (!block.type().equals(Pem.CERTIFICATE)) {
            at.invalid(chain, otherwise);
        } else if (block.legible().isEmpty()) {
            at.invalid(chain, which + " certificate does not parse as valid X.509");
        } else {
            return true;
        }
        return false;
    }

    private void leaf(Struct spec, Struct status, X509Certificate leaf, Problems p) {
        CertificateNames.check(leaf, p.at(CHAIN));
        RequestedKey key = PodCertificateRules.key(spec);
        if (key == null || !Arrays.equals(key.key().getEncoded(), leaf.getPublicKey().getEncoded())) {
            p.at(CHAIN).invalid(status.text(CHAIN), "leaf certificate was not issued to the requested public key");
            return;
        }
        if (!dated(status, p)) {
            return;
        }
        Instant from = leaf.getNotBefore().toInstant();
        Instant until = leaf.getNotAfter().toInstant();
        if (!time(status, "notBefore").filter(from::equals).isPresent()) {
            p.at("notBefore").invalid(status.text("notBefore"),
                    "must be set to the NotBefore time encoded in the leaf certificate");
        } else if (Duration.between(clock.instant(), from).abs().compareTo(SKEW) > 0) {
            p.at("notBefore").invalid(status.text("notBefore"),
                    "must be set to within 5 minutes of kube-apiserver's current time");
        } else if (!time(status, "notAfter").filter(until::equals).isPresent()) {
            p.at("notAfter").invalid(status.text("notAfter"),
                    "must be set to the NotAfter time encoded in the leaf certificate");
        } else {
            life(spec, status, Duration.between(from, until), p);
        }
    }

    private static boolean dated(Struct status, Problems p) {
        for (String field : List.of("notBefore", "notAfter")) {
            if (time(status, field).isEmpty()) {
                p.at(field).required("must be present and consistent with the issued certificate");
            }
        }
        if (time(status, REFRESH).isEmpty()) {
            p.at(REFRESH).required("must be present and in the range [notbefore+10min, notafter-10min]");
        }
        return p.found().isEmpty();
    }

    private static void life(Struct spec, Struct status, Duration life, Problems p) {
        long most = spec.whole("maxExpirationSeconds", 0);
        if (life.compareTo(SHORTEST) < 0) {
            p.at(CHAIN).invalid(life.toSeconds() + "s", "leaf certificate lifetime must be >= 1 hour");
        } else if (life.compareTo(Duration.ofSeconds(most)) > 0) {
            p.at(CHAIN).invalid(life.toSeconds() + "s",
                    "leaf certificate lifetime must be <= spec.maxExpirationSeconds (" + most + ")");
        } else {
            Instant refresh = time(status, REFRESH).orElseThrow();
            if (refresh.isBefore(time(status, "notBefore").orElseThrow().plus(MARGIN))) {
                p.at(REFRESH).invalid(status.text(REFRESH), "must be at least 10 minutes after status.notBefore");
            } else if (refresh.isAfter(time(status, "notAfter").orElseThrow().minus(MARGIN))) {
                p.at(REFRESH).invalid(status.text(REFRESH), "must be at least 10 minutes before status.notAfter");
            }
        }
    }

    private static Optional<Instant> time(Struct of, String field) {
        try {
            return of.text(field).isEmpty() ? Optional.empty() : Optional.of(Instant.parse(of.text(field)));
        } catch (DateTimeParseException malformed) {
            return Optional.empty();
        }
    }
}
