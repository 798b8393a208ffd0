package io.k3j.apiserverrules;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import io.k3j.pki.PemBlocks;
import io.k3j.validation.Problems;
import io.k3j.validation.SignerNames;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Rules of ClusterTrustBundles: upstream's `ValidateClusterTrustBundle` of 1.36 with its messages. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#cluster-trust-bundles>.
final class TrustBundleRules implements KindRules {
    /// Upstream's `MaxTrustBundleSize`, in bytes.
    private static final int MOST_BYTES = 1 << 20;
    private static final String BUNDLE = "trustBundle";
    private static final String SIGNER = "signerName";
    private static final String OMITTED = "<value omitted>";

    @Override
    public List<String> name(String name, Struct object) {
        return SignerNames.trustBundle(object.struct("spec").text(SIGNER), name);
    }

    @Override
    public void check(Write write, Struct object, Problems problems) {
        Struct spec = object.struct("spec");
        Problems p = problems.at("spec");
        if (!spec.text(SIGNER).isEmpty()) {
            SignerNames.check(spec.text(SIGNER), p.at(SIGNER));
        }
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        if (write.operation() == Operation.CREATE || !before.text(BUNDLE).equals(spec.text(BUNDLE))) {
            bundle(spec.text(BUNDLE), p.at(BUNDLE));
        }
        if (write.operation() == Operation.UPDATE && !before.text(SIGNER).equals(spec.text(SIGNER))) {
            p.at(SIGNER).invalid(spec.text(SIGNER), "field is immutable");
        }
    }

    /// Which anchors there are twice is told of a bundle that has nothing else wrong.
    private static void bundle(String text, Problems p) {
        if (text.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            p.tooLong(MOST_BYTES);
            return;
        }
        List<PemBlocks.Block> blocks = PemBlocks.of(text);
        Map<ByteBuffer, List<Integer>> places = new LinkedHashMap<>();
        boolean sound = true;
        for (int i = 0; i < blocks.size() && !p.full(); i++) {
            Optional<String> wrong = problem(blocks.get(i));
            if (wrong.isPresent()) {
                p.invalid(OMITTED, "entry " + i + " " + wrong.get());
                sound = false;
            }
            places.computeIfAbsent(ByteBuffer.wrap(blocks.get(i).der()), der -> new ArrayList<>()).add(i);
        }
        if (sound && blocks.isEmpty()) {
            p.invalid(OMITTED, "at least one trust anchor must be provided");
        } else if (sound) {
            places.values().stream().filter(all -> all.size() > 1)
                    .forEach(all -> p.invalid(OMITTED, "duplicate trust anchor (indices ["
                            + String.join(" ", all.stream().map(String::valueOf).toList()) + "])"));
        }
    }

    private static Optional<String> problem(PemBlocks.Block block) {
        if (!block.type().equals(Pem.CERTIFICATE)) {
            return Optional.of("has bad block type: " + block.type());
        }
        if (!block.headers().isEmpty()) {
            return Optional.of("has PEM block headers");
        }
        Optional<X509Certificate> certificate = block.legible();
        if (certificate.isEmpty()) {
            return Optional.of("does not parse as X.509");
        }
        return certificate.get().getBasicConstraints() < 0 ? Optional.of("does not have the CA bit set")
                : Optional.empty();
    }
}
