package io.k3j.apiserver;

import io.k3j.apicontributions.Contributions;
import io.k3j.apirequests.Request;
import io.k3j.apirequests.Responses;
import io.k3j.apiserverapi.Connect;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/// The OIDC documents of the service account token issuer, which another bundle contributes.
final class IssuerDocuments {
    private static final Set<String> PATHS = Set.of(".well-known/openid-configuration", "openid/v1/jwks");
    private final Contributions contributions;

    IssuerDocuments(Contributions contributions) {
        this.contributions = contributions;
    }

    /// Serves an authorized request.
    /// @throws ApiFault 503 while no bundle serves them, 404 for any other path
    void serve(Request request) throws IOException {
        String path = String.join("/", request.segments());
        if (!PATHS.contains(path)) {
            throw Responses.noSuchResource();
        }
        Optional<Connect> connect = contributions.connect(new Gvr("", "", path), "");
        if (connect.isEmpty()) {
            throw ApiFault.unavailable("nobody serves /" + path);
        }
        connect.get().serve(new Connect.Call(request.caller(), Key.of(""), "", request.exchange()));
    }
}
