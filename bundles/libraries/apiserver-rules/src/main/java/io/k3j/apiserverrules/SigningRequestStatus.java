package io.k3j.apiserverrules;

import io.k3j.apimachinery.Rfc3339;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import io.k3j.pki.PemBlocks;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What may become of the status of a CertificateSigningRequest, as upstream's
/// `ValidateCertificateSigningRequestStatusUpdate` and its siblings: approvers decide through `/approval`, signers set
/// the certificate once through `/status`, and what has been decided stays. What was stored against a rule may stay.
/// See <https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/>.
final class SigningRequestStatus {
    private static final String CONDITIONS = "conditions";
    private static final String CERTIFICATE = "certificate";
    private static final String UPDATED = "lastUpdateTime";
    private static final String SINCE = "lastTransitionTime";
    private static final String APPROVED = "Approved";
    private static final String DENIED = "Denied";
    private static final List<String> DECISIONS = List.of(APPROVED, DENIED);
    /// Those that are there, or not.
    private static final List<String> FINAL = List.of(APPROVED, DENIED, "Failed");
    private static final List<String> STATUSES = List.of("False", "True", "Unknown");
    private final Struct before;
    private final Struct status;

    /// @param before the status that is replaced
    SigningRequestStatus(Struct before, Struct status) {
        this.before = before;
        this.status = status;
    }

    /// The status with the decisions as they were, unless there are others than before, which is refused later.
    static Struct kept(Struct before, Struct status) {
        Struct kept = status;
        for (String decision : DECISIONS) {
            List<Struct> old = of(decision, before);
            if (!old.isEmpty() && old.size() == of(decision, status).size()) {
                Iterator<Struct> next = old.iterator();
                kept = kept.with(CONDITIONS, kept.seq(CONDITIONS)
                        .mapped(c -> c.text("type").equals(decision) ? next.next() : c));
            }
        }
        return kept;
    }

    /// The status with the times that nobody has given. Where nothing changes but words, the time of the change stays.
    static Struct dated(Struct before, Struct status, Instant now) {
        List<Struct> conditions = status.seq(CONDITIONS).structs();
        if (conditions.stream().noneMatch(c -> c.text(UPDATED).isEmpty() || c.text(SINCE).isEmpty())) {
            return status;
        }
        String time = Rfc3339.seconds(now);
        return status.with(CONDITIONS, status.seq(CONDITIONS).mapped(c -> {
            Struct updated = c.text(UPDATED).isEmpty() ? c.with(UPDATED, time) : c;
            return c.text(SINCE).isEmpty() ? updated.with(SINCE, since(before, c).orElse(time)) : updated;
        }));
    }

    private static Optional<String> since(Struct before, Struct condition) {
        return of(condition.text("type"), before).stream()
                .filter(c -> c.text("status").equals(condition.text("status"))).map(c -> c.text(SINCE))
                .filter(time -> !time.isEmpty()).findFirst();
    }

    private static List<Struct> of(String type, Struct status) {
        return status.seq(CONDITIONS).structs().stream().filter(c -> c.text("type").equals(type)).toList();
    }

    /// @param subresource through which it is written; empty for the request itself
    /// @param p the place of the status
    void check(String subresource, Problems p) {
        conditions(p);
        String old = before.text(CERTIFICATE);
        String now = status.text(CERTIFICATE);
        if (!old.equals(now) && wrong(old).isEmpty()) {
            wrong(now).ifPresent(why -> p.at(CERTIFICATE).invalid("<certificate data>", why));
        }
        for (String type : FINAL) {
            if (of(type, status).size() < of(type, before).size()) {
                p.at(CONDITIONS).forbidden("updates may not remove a condition of type \"" + type + "\"");
            }
        }
        if (!subresource.equals("approval")) {
            decisions(p);
        }
        if (!old.equals(now) && !subresource.equals("status")) {
            p.at(CERTIFICATE).forbidden("updates may not set certificate content");
        } else if (!old.equals(now) && !old.isEmpty()) {
            p.at(CERTIFICATE).forbidden("updates may not modify existing certificate content");
        }
    }

    private void conditions(Problems p) {
        Seq conditions = status.seq(CONDITIONS);
        List<String> old = before.seq(CONDITIONS).structs().stream().map(c -> c.text("type")).toList();
        boolean repeated = old.stream().distinct().count() < old.size();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < conditions.size() && !p.full(); i++) {
            String type = conditions.struct(i).text("type");
            Problems at = p.at(CONDITIONS, i);
            if (type.isEmpty() && !old.contains("")) {
                at.at("type").required("");
            }
            at.requiredOneOf(conditions.struct(i), "status", FINAL.contains(type) ? List.of("True") : STATUSES);
            if (DECISIONS.contains(type) && seen.contains(type.equals(DENIED) ? APPROVED : DENIED)
                    && !old.containsAll(DECISIONS)) {
                p.at(CONDITIONS).invalid(type, "Approved and Denied conditions are mutually exclusive");
            }
            if (!seen.add(type) && !repeated) {
                at.at("type").duplicate(type);
            }
        }
    }

    /// What only approvers may do.
    private void decisions(Problems p) {
        for (String type : DECISIONS) {
            List<Struct> old = of(type, before);
            List<Struct> now = of(type, status);
            if (now.size() > old.size()) {
                p.at(CONDITIONS).forbidden("updates may not add a condition of type \"" + type + "\"");
            } else if (now.size() == old.size() && !now.equals(old)) {
                p.at(CONDITIONS).forbidden("updates may not modify a condition of type \"" + type + "\"");
            }
        }
    }

    /// Why a text is no list of certificates; nothing for one that is, and for none.
    ///
    /// @param base64 PEM, as bytes stand in an object
    private static Optional<String> wrong(String base64) {
        if (base64.isEmpty()) {
            return Optional.empty();
        }
        List<PemBlocks.Block> blocks;
        try {
            blocks = PemBlocks.of(new String(Base64.getDecoder().decode(base64), StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException refusedByTheSchema) {
            blocks = List.of();
        }
        for (PemBlocks.Block block : blocks) {
            if (!block.type().equals(Pem.CERTIFICATE)) {
                return Optional.of("only CERTIFICATE PEM blocks are allowed, found \"" + block.type() + "\"");
            }
            if (!block.headers().isEmpty()) {
                return Optional.of("no PEM block headers are permitted");
            }
            Optional<List<X509Certificate>> certificates = block.certificates();
            if (certificates.isEmpty()) {
                return Optional.of("x509: malformed certificate");
            }
            if (certificates.get().isEmpty()) {
                return Optional.of("found CERTIFICATE PEM block containing 0 certificates");
            }
        }
        return blocks.isEmpty() ? Optional.of("must contain at least one CERTIFICATE PEM block") : Optional.empty();
    }
}
