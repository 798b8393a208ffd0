package io.k3j.corevalidation;

import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import io.k3j.validation.SignerNames;

/// What can be wrong with `clusterTrustBundle` in a projected volume, in upstream's words: it names one bundle or those
/// of a signer, and a relative path. See
/// <https://kubernetes.io/docs/concepts/storage/projected-volumes/#clustertrustbundle>. Pure.
final class TrustBundleProblems {
    private static final String NAME = "name";
    private static final String SIGNER = "signerName";
    private static final String LABELS = "labelSelector";

    private TrustBundleProblems() {
    }

    /// @param p its place
    static void check(Struct bundle, Problems p) {
        if (bundle.has(NAME) && bundle.has(SIGNER)) {
            p.invalid(shown(bundle), "only one of name and signerName may be used");
        } else if (bundle.has(NAME)) {
            name(bundle, p);
        } else if (bundle.has(SIGNER)) {
            if (bundle.text(SIGNER).isEmpty()) {
                p.at(SIGNER).required("must be a valid signer name");
            }
            SignerNames.check(bundle.text(SIGNER), p.at(SIGNER));
            LabelSelectorRules.check(bundle.struct(LABELS), p.at(LABELS));
        } else {
            p.required("either name or signerName must be specified");
        }
        p.present(bundle, "path");
        VolumeProblems.file(bundle.text("path"), p.at("path"));
    }

    private static void name(Struct bundle, Problems p) {
        String name = bundle.text(NAME);
        if (name.isEmpty()) {
            p.at(NAME).required("must be a valid object name");
        }
        SignerNames.trustBundle(SignerNames.ofTrustBundle(name), name)
                .forEach(why -> p.at(NAME).invalid(name, "not a valid clustertrustbundlename: " + why));
        if (bundle.has(LABELS)) {
            p.at(LABELS).invalid(bundle.get(LABELS), "labelSelector must be unset if name is specified");
        }
    }

    /// As upstream shows the whole of it, by the names of its fields in Go.
    private static Struct shown(Struct bundle) {
        return Struct.of("Name", bundle.text(NAME), "SignerName", bundle.text(SIGNER), "LabelSelector",
                bundle.get(LABELS), "Optional", bundle.get("optional"), "Path", bundle.text("path"));
    }
}
