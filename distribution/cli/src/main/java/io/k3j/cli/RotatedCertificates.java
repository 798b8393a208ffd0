package io.k3j.cli;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What a running server says of the certificates it was to make anew.
///
/// @param files those it has made, below the data directory
/// @param left those it has left: its node's agent has them made when it starts
/// @param listener whether its port has another one, which is no file
record RotatedCertificates(List<String> files, List<String> left, boolean listener) {
    /// Reads the answer to `PUT /v1-k3s/cert/rotate`.
    /// @throws UsageFailure for one that does not say it
    static RotatedCertificates of(String answer) {
        try {
            Struct said = Json.object(answer.getBytes(StandardCharsets.UTF_8));
            return new RotatedCertificates(said.seq("files").texts(), said.seq("left").texts(), said.flag("listener"));
        } catch (MalformedInput malformed) {
            throw new UsageFailure("the server does not say which certificates it has made: it runs in another version;"
                    + " see k3s certificate check");
        }
    }

    /// What was made.
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        files.forEach(file -> lines.add("Rotated " + file));
        if (listener) {
            lines.add("Rotated the certificate of the server's port");
        }
        if (!lines.isEmpty()) {
            lines.add("Successfully rotated certificates in the running server; connections go on, new ones see the new"
                    + " certificates");
        }
        return lines;
    }

    /// What to do for the others; empty where there are none.
    String advice() {
        return left.isEmpty() ? "" : "k3s: not rotated: " + String.join(", ", left) + ": this server's node has joined"
                + " like any other; stop the server, say the same again and start it";
    }
}
