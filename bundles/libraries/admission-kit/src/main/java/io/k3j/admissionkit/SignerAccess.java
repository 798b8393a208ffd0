package io.k3j.admissionkit;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiClient;
import io.k3j.model.Struct;

/// Who may approve or sign for a signer: whoever has the verb on `signers` of `certificates.k8s.io`, by the signer's
/// name or by its domain, as `kubernetes.io/*`.
public final class SignerAccess {
    /// The API group of signers and what they sign.
    public static final String GROUP = "certificates.k8s.io";
    /// CertificateSigningRequests, in the plural.
    public static final String REQUESTS = "certificatesigningrequests";

    private SignerAccess() {
    }

    /// The signer of a request as it was: nobody gets another one by naming it.
    public static String signer(Write write) {
        return write.before().orElse(Struct.EMPTY).struct("spec").text("signerName");
    }

    /// Whether the writer may do something for a signer.
    /// @throws io.k3j.clientapi.ApiFault when nobody can say so now
    public static boolean allows(ApiClient api, Caller caller, String verb, String signer) {
        int slash = signer.indexOf('/');
        return allowed(api, caller, verb, signer)
                || allowed(api, caller, verb, (slash < 0 ? signer : signer.substring(0, slash)) + "/*");
    }

    private static boolean allowed(ApiClient api, Caller caller, String verb, String name) {
        Struct what = Struct.of("group", GROUP, "version", "*", "resource", "signers", "verb", verb, "name", name);
        return SubjectAccess.review(api, caller, what).flag("allowed");
    }
}
