package io.k3j.printers;

import io.k3j.apimachinery.HumanDuration;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The cells of certificate signing requests and trust bundles (`certificates.k8s.io`).
///
/// | function | column | cell |
/// |---|---|---|
/// | `bundle.signer` | SignerName | of a ClusterTrustBundle, `<none>` without one |
/// | `podcertificate.state` | State | of a PodCertificateRequest: `Issued`, `Denied`, `Failed` or `Pending` |
/// | `podcertificate.annotations` | UnverifiedUserAnnotations | as `a=b,c=d`, `<none>` without any |
/// | `csr.signer` | SignerName | `<none>` without one |
/// | `csr.duration` | RequestedDuration | `spec.expirationSeconds` as a length of time, `<none>` when the signer may choose |
/// | `csr.condition` | Condition | what became of the request, as `Approved,Issued` |
final class CertificateCells {
    private CertificateCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("bundle.signer", (o, now) -> Cells.orNone(o.struct("spec").text("signerName")));
        cells.put("podcertificate.state", (o, now) -> state(o.struct("status")));
        cells.put("podcertificate.annotations",
                (o, now) -> Cells.labels(o.struct("spec").struct("unverifiedUserAnnotations")));
        cells.put("csr.signer", (o, now) -> Cells.orNone(o.struct("spec").text("signerName")));
        cells.put("csr.duration", (o, now) -> duration(o.struct("spec")));
        cells.put("csr.condition", (o, now) -> request(o.struct("status")));
    }

    /// There is one of the three at most.
    private static String state(Struct status) {
        return status.seq("conditions").structs().stream().map(c -> c.text("type"))
                .filter(Set.of("Issued", "Denied", "Failed")::contains).findFirst().orElse("Pending");
    }

    private static String duration(Struct spec) {
        return spec.has("expirationSeconds") ? HumanDuration.of(Duration.ofSeconds(spec.whole("expirationSeconds", 0)))
                : Cells.NONE;
    }

    /// The decision, then a failure of the signer, then whether there is a certificate. A request may be approved and
    /// not issued (the signer has not come to it) and approved and failed (the signer refused), so each has a word of
    /// its own.
    private static String request(Struct status) {
        List<String> types = status.seq("conditions").structs().stream().map(c -> c.text("type")).toList();
        List<String> parts = new ArrayList<>();
        parts.add(types.contains("Denied") ? "Denied" : types.contains("Approved") ? "Approved" : "Pending");
        if (types.contains("Failed")) {
            parts.add("Failed");
        }
        if (!status.text("certificate").isEmpty()) {
            parts.add("Issued");
        }
        return String.join(",", parts);
    }
}
