package io.k3j.authoidc;

import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.model.Struct;

/// Claims that a token does not hold, and for which it names a server to ask (OpenID Connect Core 1.0, 5.6.2). They are
/// not asked for: a token that has its groups there stands for nobody, since its user would be another without them.
final class DistributedClaims {
    private DistributedClaims() {
    }

    /// Refuses a token whose claim is at another server. What stands in another token inside of this one (an aggregated
    /// claim) counts as missing, as upstream.
    /// @throws BadCredential when it is
    static void refuse(Claims token, String claim) throws BadCredential {
        if (token.has(claim) || !token.has("_claim_names")) {
            return;
        }
        String source = token.tree().struct("_claim_names").text(claim);
        Struct from = token.tree().struct("_claim_sources").struct(source);
        if (!source.isEmpty() && (from.isEmpty() || !from.text("endpoint").isEmpty())) {
            throw new BadCredential("oidc: could not expand distributed claims: claim " + Quoted.text(claim)
                    + " is at another server, which K3j does not ask; let the issuer put it into the token");
        }
    }
}
