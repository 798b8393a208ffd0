package io.k3j.authoidc;

import io.k3j.authoidc.JwtConfiguration.Issuer;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.io.IOException;

/// What an issuer says of itself (OpenID Connect Discovery 1.0). Immutable.
/// @param jwksUri where its keys are
record ProviderMetadata(String jwksUri) {
    private static final String WELL_KNOWN = "/.well-known/openid-configuration";

    /// Asks an issuer.
    /// @throws IOException when it cannot be asked, or says that it is another
    static ProviderMetadata of(Issuer issuer, IssuerClient client) throws IOException, InterruptedException {
        String url = issuer.discoveryUrl().isEmpty() ? bare(issuer.url()) + WELL_KNOWN : issuer.discoveryUrl();
        Struct document;
        try {
            document = Json.object(client.get(url));
        } catch (MalformedInput e) {
            throw new IOException("oidc: failed to decode provider discovery object: " + e.getMessage(), e);
        }
        if (!document.text("issuer").equals(issuer.url())) {
            throw new IOException("oidc: issuer did not match the issuer returned by provider, expected "
                    + Quoted.text(issuer.url()) + " got " + Quoted.text(document.text("issuer")));
        }
        if (document.text("jwks_uri").isEmpty()) {
            throw new IOException("provider did not return JWKS URL");
        }
        return new ProviderMetadata(document.text("jwks_uri"));
    }

    private static String bare(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }
}
