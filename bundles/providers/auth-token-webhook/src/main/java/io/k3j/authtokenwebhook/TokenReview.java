package io.k3j.authtokenwebhook;

import io.k3j.apiserverapi.Caller;
import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.webhookclient.CallFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The question to the webhook, a `TokenReview` of `authentication.k8s.io`, and its answer. Pure.
final class TokenReview {
    private static final int MOST_ERROR = 1024;
    private static final String GROUP = "authentication.k8s.io/";
    private static final String KIND = "TokenReview";

    private TokenReview() {
    }

    /// What the webhook says.
    /// @param caller empty: the token is none of its own
    /// @param audiences the token is meant for, of those asked for; empty: the webhook does not look at them
    /// @param error its words for a token that is wrong; may be empty
    record Answer(Optional<Caller> caller, List<String> audiences, String error) {
    }

    /// The body of the request.
    /// @param version `v1` or `v1beta1`
    /// @param audiences of which the token must be meant for one
    static byte[] body(String version, String token, List<String> audiences) {
        return Json.bytes(Struct.of("kind", KIND, "apiVersion", GROUP + version, "metadata", Struct.EMPTY, "spec",
                Struct.of("token", token, "audiences", audiences), "status", Struct.of("user", Struct.EMPTY)));
    }

    /// @throws CallFailure for what is no answer
    static Answer answer(byte[] body, String version) throws CallFailure {
        Struct review;
        try {
            review = Json.object(body);
        } catch (RuntimeException malformed) {
            throw new CallFailure("the answer is no JSON object");
        }
        if (!review.text("kind").equals(KIND) || !review.text("apiVersion").equals(GROUP + version)) {
            throw new CallFailure("the answer must be a " + KIND + " of " + GROUP + version);
        }
        Struct status = review.struct("status");
        String error = status.text("error");
        if (!status.flag("authenticated")) {
            return new Answer(Optional.empty(), List.of(),
                    error.length() <= MOST_ERROR ? error : error.substring(0, MOST_ERROR) + "...");
        }
        return new Answer(Optional.of(caller(status.struct("user"))), status.seq("audiences").texts(), "");
    }

    /// A name that nobody has stands for nobody: who has given it cannot be told.
    private static Caller caller(Struct user) throws CallFailure {
        if (user.text("username").isEmpty()) {
            throw new CallFailure("the answer has no status.user.username");
        }
        Map<String, List<String>> extra = new LinkedHashMap<>();
        user.struct("extra").names().forEach(key -> extra.put(key, user.struct("extra").seq(key).texts()));
        return new Caller(user.text("username"), user.text("uid"), user.seq("groups").texts(), extra);
    }
}
