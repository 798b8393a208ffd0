package io.k3j.objectregistry;

import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Base64;

/// Where a list goes on: upstream's token, base64 of JSON with version, revision and the next key ("Kubernetes API
/// Concepts, Retrieving large results sets in chunks"). It holds no secret and grants nothing: whoever made it up
/// sees what a list would show.
///
/// @param revision the list's, -1 for one that need not be consistent with what came before
/// @param start the first key, behind the list's prefix
record Continue(long revision, String start) {
    private static final String VERSION = "meta.k8s.io/v1";

    /// Reads a token.
    ///
    /// @throws ApiFault 400 for what is none, of another version, or says nothing of where to go on
    static Continue parse(String token) {
        Struct s;
        try {
            s = Json.object(Base64.getUrlDecoder().decode(token));
        } catch (IllegalArgumentException | MalformedInput e) {
            throw invalid(": " + e.getMessage());
        }
        if (!s.text("v").equals(VERSION)) {
            throw invalid(": server does not recognize this encoded version " + s.text("v"));
        }
        if (s.whole("rv", 0) == 0 || s.text("start").isEmpty()) {
            throw invalid(s.whole("rv", 0) == 0 ? ": incorrect encoded start resourceVersion (version meta.k8s.io/v1)"
                    : ": encoded start key empty (version meta.k8s.io/v1)");
        }
        return new Continue(s.whole("rv", 0), s.text("start"));
    }

    private static ApiFault invalid(String why) {
        return ApiFault.badRequest("invalid continue token: continue key is not valid" + why);
    }

    /// As the client keeps it.
    String token() {
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(Json.bytes(Struct.of("v", VERSION, "rv", revision, "start", start)));
    }

    /// 410 for a list whose revision is gone, with a token to go on without consistency.
    Expired expired() {
        return new Expired(new Continue(-1, start).token());
    }

    /// What the client is told when a list's revision is gone. With 410 a client may begin anew or take the rest as
    /// it is now.
    record Expired(String token) {
        /// The whole Status.
        Struct status() {
            return Struct.of("kind", "Status", "apiVersion", "v1", "metadata", Struct.of("continue", token), "status",
                    "Failure", "message", "The provided continue parameter is too old to display a consistent list "
                            + "result. You can start a new list without the continue parameter, or use the continue "
                            + "token in this response to retrieve the remainder of the results. Continuing with the "
                            + "provided token results in an inconsistent list - objects that were created, modified, "
                            + "or deleted between the time the first chunk was returned and now may show up in the "
                            + "list.",
                    "reason", "Expired", "details", Struct.of("causes", Seq.EMPTY), "code", 410);
        }
    }
}
