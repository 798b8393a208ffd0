package io.k3j.apiserverrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.SigningRequest;
import io.k3j.validation.Problems;
import io.k3j.validation.SignerNames;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Rules of CertificateSigningRequests. Who asks is written down by the server; what is asked for stays, and only
/// approvers say whether it is approved.
final class CertificateSigningRequestRules implements KindRules {
    private static final String USAGES = "usages";
    private static final String SIGNER = "signerName";
    /// The signer of before there were names of signers.
    private static final String LEGACY = "kubernetes.io/legacy-unknown";
    private static final List<String> KNOWN_USAGES = List.of("any", "cert sign", "client auth", "code signing",
            "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature",
            "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement",
            "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing",
            "timestamping");
    private final InstantSource clock;

    /// @param clock of the time of day
    CertificateSigningRequestRules(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Struct prepared(Write write, Struct o) {
        Struct before = write.before().orElse(Struct.EMPTY);
        if (write.operation() == Operation.CREATE) {
            return o.with("status", Struct.EMPTY).with("spec", signed(write, o.struct("spec")));
        }
        Struct old = before.struct("status");
        if (write.of("")) {
            return o.with("spec", before.struct("spec")).with("status", old);
        }
        Struct status = o.struct("status");
        Struct kept = write.of("status") ? SigningRequestStatus.kept(old, status) : status;
        Struct dated = SigningRequestStatus.dated(old, kept, clock.instant());
        return dated == status ? o : o.with("status", dated);
    }

    private static Struct signed(Write write, Struct spec) {
        Struct.Builder b = spec.toBuilder().put("username", write.caller().user());
        b.remove("uid").remove("groups").remove("extra");
        return b.putUnlessEmpty("uid", write.caller().uid()).putUnlessEmpty("groups", write.caller().groups())
                .putUnlessEmpty("extra", write.caller().extra()).build();
    }

    @Override
    public List<String> name(String name) {
        return Names.pathSegment(name);
    }

    /// A request that cannot be read, or whose key has not signed it.
    private static void request(String request, Problems p) {
        try {
            SigningRequest.parse(new String(Base64.getDecoder().decode(request), StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            p.invalid(request.isEmpty() ? null : request, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void check(Write write, Struct o, Problems p) {
        if (write.operation() == Operation.CREATE) {
            spec(o.struct("spec"), p.at("spec"));
        } else {
            new SigningRequestStatus(write.before().orElse(Struct.EMPTY).struct("status"), o.struct("status"))
                    .check(write.subresource(), p.at("status"));
        }
    }

    /// It stays as it was made, so nobody looks at it again.
    private static void spec(Struct spec, Problems p) {
        request(spec.text("request"), p.at("request"));
        usages(spec.seq(USAGES), p);
        if (spec.text(SIGNER).equals(LEGACY)) {
            p.at(SIGNER).invalid(LEGACY, "the legacy signerName is not allowed via this API version");
        } else {
            SignerNames.check(spec.text(SIGNER), p.at(SIGNER));
        }
        long seconds = spec.whole("expirationSeconds", 600);
        if (seconds < 600) {
            p.at("expirationSeconds").invalid(seconds, "may not specify a duration less than 600 seconds (10 minutes)");
        }
    }

    private static void usages(Seq usages, Problems p) {
        if (usages.isEmpty()) {
            p.at(USAGES).required("");
        }
        for (int i = 0; i < usages.size() && !p.full(); i++) {
            if (!KNOWN_USAGES.contains(usages.text(i))) {
                p.at(USAGES, i).unsupported(usages.text(i), KNOWN_USAGES);
            }
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < usages.size() && !p.full(); i++) {
            if (!seen.add(usages.text(i))) {
                p.at(USAGES, i).duplicate(usages.text(i));
            }
        }
    }
}
