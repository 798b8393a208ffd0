package io.k3j.secretsencryption;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Struct;
import io.k3j.supervisorrequests.Refusal;
import java.io.IOException;
import java.util.Optional;

/// What a client wants of secrets encryption, as K3s' command sends it.
///
/// @param stage the stage to go to: `prepare`, `rotate`, `reencrypt_active` or `rotate_keys`; empty for none
/// @param enable whether to encrypt, empty when that is not to change
/// @param force whether to leave the checks of stage and hash out
/// @param skip whether to keep the old keys
record EncryptionRequest(String stage, Optional<Boolean> enable, boolean force, boolean skip) {
    /// A request has four short fields.
    private static final int MAX_BYTES = 4096;

    /// Reads the body; blocks until it is there. What is missing is empty or false.
    /// @throws Refusal 400 when it is no JSON
    /// @throws IOException when the client went away
    static EncryptionRequest of(Exchange exchange) throws IOException, Refusal {
        try {
            Struct body = Json.object(exchange.body(MAX_BYTES));
            Optional<Boolean> enable = body.has("enable") ? Optional.of(body.flag("enable")) : Optional.empty();
            return new EncryptionRequest(body.text("stage"), enable, body.flag("force"), body.flag("skip"));
        } catch (MalformedInput malformed) {
            throw new Refusal(400, String.valueOf(malformed.getMessage()));
        }
    }
}
