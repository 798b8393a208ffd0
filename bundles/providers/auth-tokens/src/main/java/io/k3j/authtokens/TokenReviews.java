package io.k3j.authtokens;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Authenticator.Proxied;
import io.k3j.apiserverapi.Authenticator.Reviewed;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// `tokenreviews`: whom a token authenticates. Asks all authenticators.
@Component(service = Action.class)
public final class TokenReviews implements Action {
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<Authenticator> authenticators;
    private final AccountKeys keys;

    /// @param keys provides the audiences of this server
    @Activate
    public TokenReviews(@Reference AccountKeys keys) {
        this(keys, List.of());
    }

    TokenReviews(AccountKeys keys, List<Authenticator> authenticators) {
        this.keys = keys;
        this.authenticators = authenticators;
    }

    @Override
    public Gvr resource() {
        return new Gvr("authentication.k8s.io", "v1", "tokenreviews");
    }

    @Override
    public String subresource() {
        return "";
    }

    @Override
    public Struct perform(Call call) {
        Struct spec = call.body().struct("spec");
        if (spec.text("token").isEmpty()) {
            throw ApiFault.badRequest("token is required for TokenReview in authentication");
        }
        List<String> wanted = spec.seq("audiences").texts();
        return call.body().with("status", status(new Credentials(List.of(), spec.text("token"), wanted,
                Proxied.NONE, call.caller().user())));
    }

    private Struct status(Credentials given) {
        String token = given.bearer();
        List<String> wanted = given.audiences();
        try {
            for (Authenticator a : authenticators.reversed()) {
                Optional<Reviewed> who = a.review(given);
                List<String> matching = who.isPresent() ? audiences(who.get(), token, wanted) : List.of();
                if (who.isPresent() && !matching.isEmpty()) {
                    return Struct.of("authenticated", true, "user", userInfo(authenticated(who.get().caller())),
                            "audiences", matching);
                }
            }
        } catch (BadCredential e) {
            return Struct.of("user", Struct.EMPTY, "error", "[invalid bearer token, " + e.getMessage() + "]");
        }
        return Struct.of("user", Struct.EMPTY, "error", "invalid bearer token");
    }

    /// The wanted audiences an authenticated token is for; this server's are wanted by default. A token without
    /// audiences is for this server, and so is one of another issuer, unless its authenticator says otherwise: its
    /// audiences are names of the issuer's, which its authenticator has compared.
    private List<String> audiences(Reviewed said, String token, List<String> wanted) {
        if (!said.audiences().isEmpty()) {
            return said.audiences();
        }
        List<String> named = Jwt.audiences(token, keys::issues);
        List<String> meant = named.isEmpty() ? keys.audiences() : named;
        return (wanted.isEmpty() ? keys.audiences() : wanted).stream().filter(meant::contains).toList();
    }

    private static Caller authenticated(Caller caller) {
        if (caller.in("system:authenticated")) {
            return caller;
        }
        List<String> groups = new ArrayList<>(caller.groups());
        groups.add("system:authenticated");
        return new Caller(caller.user(), caller.uid(), groups, caller.extra());
    }

    /// A caller as a `UserInfo`.
    static Struct userInfo(Caller caller) {
        return Struct.builder().put("username", caller.user()).putUnlessEmpty("uid", caller.uid())
                .putUnlessEmpty("groups", caller.groups()).putUnlessEmpty("extra", caller.extra()).build();
    }
}
