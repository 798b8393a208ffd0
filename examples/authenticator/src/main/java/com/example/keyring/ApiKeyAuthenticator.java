package com.example.keyring;

import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Caller;
import io.k3j.model.Obj;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/// Knows bearer tokens of the form `apikey.NAME.SECRET`, by the object `NAME`. Called by many threads at once; keeps
/// nothing, so that an object which is deleted counts no more at once.
final class ApiKeyAuthenticator implements Authenticator {
    private static final String MARK = "apikey.";
    private static final String WRONG = "an API key is not good: ";
    private final Function<String, Optional<Obj>> keys;
    private final InstantSource clock;

    /// @param keys the object of a name, as it is at the moment
    ApiKeyAuthenticator(Function<String, Optional<Obj>> keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public Optional<Caller> authenticate(Credentials credentials) throws BadCredential {
        String bearer = credentials.bearer();
        if (!bearer.startsWith(MARK)) {
            return Optional.empty();
        }
        int dot = bearer.indexOf('.', MARK.length());
        if (dot < 0) {
            throw new BadCredential(WRONG + "it has no secret");
        }
        // the same words whether there is no such key or another secret: nobody learns names by asking
        ApiKey key = keys.apply(bearer.substring(MARK.length(), dot)).map(ApiKey::of)
                .orElseThrow(() -> new BadCredential(WRONG + "the secret is another one"));
        String objection = key.objection(bearer.substring(dot + 1), clock.instant());
        if (!objection.isEmpty()) {
            throw new BadCredential(WRONG + objection);
        }
        return Optional.of(key.caller());
    }
}
