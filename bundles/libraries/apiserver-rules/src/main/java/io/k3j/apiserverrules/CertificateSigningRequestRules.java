package io.k3j.apiserverrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Struct;
import io.k3j.pki.SigningRequest;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Rules of CertificateSigningRequests. Who asks is written down by the server; what is asked for stays, and only
/// approvers say whether it is approved.
final class CertificateSigningRequestRules implements KindRules {
    @Override
    public Struct prepared(Write write, Struct o) {
        Struct before = write.before().orElse(Struct.EMPTY);
        if (write.operation() == Operation.CREATE) {
            return o.with("status", Struct.EMPTY).with("spec", signed(write, o.struct("spec")));
        }
        return switch (write.subresource()) {
            case "" -> o.with("spec", before.struct("spec")).with("status", before.struct("status"));
            case "status" -> o.with("status", undecided(before.struct("status"), o.struct("status")));
            default -> o;
        };
    }

    /// A status write by a signer: the conditions Approved and Denied stay as the approvers set them.
    private static Struct undecided(Struct before, Struct status) {
        List<Struct> conditions = new ArrayList<>(before.seq("conditions").structs().stream()
                .filter(CertificateSigningRequestRules::decides).toList());
        status.seq("conditions").structs().stream().filter(c -> !decides(c)).forEach(conditions::add);
        return conditions.isEmpty() ? status.without("conditions") : status.with("conditions", conditions);
    }

    private static boolean decides(Struct condition) {
        return condition.text("type").equals("Approved") || condition.text("type").equals("Denied");
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
        Struct spec = o.struct("spec");
        p.at("spec").present(spec, "signerName");
        if (write.operation() == Operation.CREATE) {
            request(spec.text("request"), p.at("spec").at("request"));
        }
        if (spec.seq("usages").isEmpty()) {
            p.at("spec").at("usages").required("usages is required");
        }
        long seconds = spec.whole("expirationSeconds", 600);
        if (seconds < 600) {
            p.at("spec").at("expirationSeconds").invalid(seconds, "may not specify a duration less than 600 seconds"
                    + " (10 minutes)");
        }
    }
}
