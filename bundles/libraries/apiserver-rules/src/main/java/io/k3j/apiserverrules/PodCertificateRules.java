package io.k3j.apiserverrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import io.k3j.pki.RequestedKey;
import io.k3j.validation.PodCertificateLimits;
import io.k3j.validation.Problems;
import io.k3j.validation.SignerNames;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Rules of PodCertificateRequests: upstream's `ValidatePodCertificateRequestCreate` and its siblings of 1.36. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#pod-certificate-requests>.
final class PodCertificateRules implements KindRules {
    private static final int LONGEST_UID = 128;
    private static final int MOST_KEY_BYTES = 10 * 1024;
    private static final long DAY_SECONDS = 24 * 3_600;
    private static final String STUB = "stubPKCS10Request";
    private static final String KEY = "pkixPublicKey";
    private static final String PROOF = "proofOfPossession";
    private static final String EXPIRATION = "maxExpirationSeconds";
    private static final String ANNOTATIONS = "unverifiedUserAnnotations";
    private final PodCertificateStatus status;

    /// @param clock of the time of day
    PodCertificateRules(InstantSource clock) {
        this.status = new PodCertificateStatus(clock);
    }

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return Fill.inside(object, "spec", spec -> Fill.in(spec, EXPIRATION, DAY_SECONDS));
    }

    @Override
    public Struct prepared(Write write, Struct object) {
        if (write.operation() == Operation.CREATE) {
            return object.with("status", Struct.EMPTY);
        }
        Struct before = write.before().orElse(Struct.EMPTY);
        if (write.of("")) {
            return object.with("status", before.struct("status"));
        }
        Struct metadata = before.struct("metadata");
        for (String field : new String[] {"managedFields", "resourceVersion"}) {
            Object now = object.struct("metadata").get(field);
            metadata = now == null ? metadata.without(field) : metadata.with(field, now);
        }
        return object.with("metadata", metadata).with("spec", before.struct("spec"));
    }

    @Override
    public void check(Write write, Struct object, Problems problems) {
        Struct spec = object.struct("spec");
        Struct before = write.before().orElse(Struct.EMPTY);
        if (write.operation() == Operation.CREATE) {
            create(spec, problems.at("spec"));
        } else if (!before.struct("spec").equals(spec)) {
            problems.at("spec").invalid(spec, "field is immutable");
        } else if (write.of("status")) {
            status.check(spec, before.struct("status"), object.struct("status"), problems.at("status"));
        }
    }

    private static void create(Struct spec, Problems p) {
        SignerNames.check(spec.text("signerName"), p.at("signerName"));
        for (String of : new String[] {"pod", "serviceAccount", "node"}) {
            p.at(of + "Name").invalid(spec.text(of + "Name"), Names.subdomain(spec.text(of + "Name")));
            String uid = spec.text(of + "UID");
            if (uid.isEmpty()) {
                p.at(of + "UID").invalid(uid, "must not be empty");
            } else if (uid.length() > LONGEST_UID) {
                p.at(of + "UID").tooLong(LONGEST_UID);
            }
        }
        PodCertificateLimits.annotations(spec.struct(ANNOTATIONS), p.at(ANNOTATIONS));
        expiration(spec, p);
        proof(spec, p);
    }

    private static void expiration(Struct spec, Problems p) {
        if (!spec.has(EXPIRATION)) {
            p.at(EXPIRATION).required("must be set");
            return;
        }
        long shortest = PodCertificateLimits.SHORTEST_SECONDS;
        long longest = PodCertificateLimits.longestSeconds(spec.text("signerName"));
        long seconds = spec.whole(EXPIRATION, 0);
        if (seconds < shortest || seconds > longest) {
            p.at(EXPIRATION).invalid(seconds, "must be in the range [" + shortest + ", " + longest + "]");
        }
    }

    /// A request signed by the key, or the key with its signature of the pod's uid.
    private static void proof(Struct spec, Problems p) {
        for (String field : new String[] {STUB, KEY, PROOF}) {
            if (bytes(spec, field).length > MOST_KEY_BYTES) {
                p.at(field).tooLong(MOST_KEY_BYTES);
                return;
            }
        }
        boolean stub = !spec.text(STUB).isEmpty();
        boolean key = !spec.text(KEY).isEmpty();
        boolean proof = !spec.text(PROOF).isEmpty();
        if (stub ? key || proof : !key || !proof) {
            p.invalid(Null.NULL, "exactly one of (" + STUB + ") or (" + KEY + ", " + PROOF + ") must be set");
            return;
        }
        String field = stub ? STUB : KEY;
        RequestedKey asked = key(spec);
        if (asked == null) {
            p.at(field).invalid(spec.text(field), stub ? "must be a valid PKCS#10 CSR"
                    : "must be a valid PKIX-serialized public key");
            return;
        }
        Optional<RequestedKey.Unfit> unfit = asked.problem();
        if (unfit.isPresent()) {
            String shown = unfit.get().shown();
            p.at(field).invalid(shown.isEmpty() ? spec.text(field) : shown, unfit.get().why());
        } else if (proof && !asked.signed(spec.text("podUID").getBytes(StandardCharsets.UTF_8), bytes(spec, PROOF))) {
            // upstream does not show the value either
            p.add(new FieldProblem(p.at(PROOF).path(), "FieldValueInvalid",
                    "Invalid value: could not verify proof-of-possession signature"));
        }
    }

    /// The key that is to be certified; null when it cannot be read, or has not signed its request.
    static @Nullable RequestedKey key(Struct spec) {
        try {
            return spec.text(STUB).isEmpty() ? RequestedKey.ofPkix(bytes(spec, KEY))
                    : RequestedKey.ofRequest(bytes(spec, STUB));
        } catch (IllegalArgumentException unreadable) {
            return null;
        }
    }

    /// What is no base64 is not there: the schema has refused it.
    private static byte[] bytes(Struct spec, String field) {
        try {
            return Base64.getDecoder().decode(spec.text(field));
        } catch (IllegalArgumentException malformed) {
            return new byte[0];
        }
    }
}
