package io.k3j.admissioncore;

import io.k3j.admissionkit.SignerAccess;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import io.k3j.pki.SigningRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.osgi.service.component.annotations.Component;

/// Refuses requests for client certificates of administrators (`system:masters`), whoever would approve them.
@Component(service = Admission.class, property = "order:Integer=280")
public final class CertificateSubjectRestriction implements Admission {
    private static final String SIGNER = "kubernetes.io/kube-apiserver-client";

    @Override
    public String name() {
        return "CertificateSubjectRestriction";
    }

    @Override
    public boolean handles(Write write) {
        return WriteAttributes.creates(write, SignerAccess.GROUP, SignerAccess.REQUESTS);
    }

    @Override
    public void validate(Write write, Struct object) {
        if (!object.struct("spec").text("signerName").equals(SIGNER)) {
            return;
        }
        if (parsed(write, object.struct("spec").text("request")).organizations().contains("system:masters")) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(),
                    "use of " + SIGNER + " signer with system:masters group is not allowed");
        }
    }

    private static SigningRequest parsed(Write write, String request) {
        try {
            return SigningRequest.parse(new String(Base64.getDecoder().decode(request), StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), "failed to parse CSR: " + e.getMessage());
        }
    }
}
