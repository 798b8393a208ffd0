package io.k3j.validation;

import io.k3j.apimachinery.Names;
import java.util.List;

/// The names of signers and of the ClusterTrustBundles that belong to them: upstream's `ValidateSignerName` and
/// `ValidateClusterTrustBundleName` (`pkg/apis/core/validation`). See
/// <https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#signers>. Pure; any thread.
public final class SignerNames {
    private static final int DOMAIN = 253;
    /// A domain, a slash, and the names of a namespace and of an object with a dot between.
    private static final int LONGEST = DOMAIN + 1 + 63 + 1 + 253;

    private SignerNames() {
    }

    /// Checks the name of a signer, as `example.com/signer-name`, which stands at `p`.
    public static void check(String signer, Problems p) {
        if (signer.isEmpty()) {
            p.required("");
            return;
        }
        int slash = signer.indexOf('/');
        if (slash < 0 || slash != signer.lastIndexOf('/')) {
            p.invalid(signer,
                    "must be a fully qualified domain and path of the form 'example.com/signer-name'");
            return;
        }
        String domain = signer.substring(0, slash);
        if (domain.length() > DOMAIN) {
            p.tooLong(DOMAIN);
        }
        labels(domain, false, p);
        if (domain.indexOf('.') < 0) {
            p.invalid(domain, "should be a domain with at least two segments separated by dots");
        }
        labels(signer.substring(slash + 1), true, p);
        if (signer.length() > LONGEST) {
            p.tooLong(LONGEST);
        }
    }

    /// What is wrong with the first part between dots that is no label, or, behind the slash, no subdomain.
    private static void labels(String part, boolean path, Problems p) {
        for (String label : part.split("\\.", -1)) {
            List<String> wrong = path ? Names.subdomain(label) : Names.label(label);
            wrong.forEach(why -> p.invalid(part, "validating label \"" + label + "\": " + why));
            if (!wrong.isEmpty()) {
                return;
            }
        }
    }

    /// What is wrong with the name of a ClusterTrustBundle: behind its signer's name, with a colon for each slash, it
    /// is a subdomain.
    ///
    /// @param signer empty for a bundle without one
    /// @return in upstream's words; empty when nothing is
    public static List<String> trustBundle(String signer, String name) {
        if (signer.isEmpty()) {
            return name.indexOf(':') < 0 ? Names.subdomain(name)
                    : List.of("ClusterTrustBundle without signer name must not have \":\" in its name");
        }
        String prefix = signer.replace('/', ':') + ":";
        return name.startsWith(prefix) ? Names.subdomain(name.substring(prefix.length()))
                : List.of("ClusterTrustBundle for signerName " + signer + " must be named with prefix " + prefix);
    }

    /// The signer that the name of a ClusterTrustBundle is of; empty for none.
    public static String ofTrustBundle(String name) {
        int end = name.lastIndexOf(':');
        return end < 0 ? "" : name.substring(0, end).replace(':', '/');
    }
}
