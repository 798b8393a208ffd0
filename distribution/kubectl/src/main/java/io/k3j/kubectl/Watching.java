package io.k3j.kubectl;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.BiPredicate;

/// Waits for one object to become something, by a watch.
final class Watching {
    private Watching() {
    }

    /// Blocks until `done(type, object)` holds for an event of the object, at most `seconds`; false if it never did.
    static boolean until(Api api, Target target, String namespace, long seconds, BiPredicate<String, Struct> done) {
        Resources.Resource r = target.resource();
        String name = target.name();
        Struct now;
        try {
            now = api.get(r.path(namespace, name));
        } catch (CommandFailure e) {
            return done.test("DELETED", Struct.EMPTY);
        }
        if (done.test("ADDED", now)) {
            return true;
        }
        String path = r.path(namespace, "") + "?watch=true&timeoutSeconds=" + seconds + "&fieldSelector="
                + Api.encoded("metadata.name=" + name) + "&resourceVersion="
                + now.struct("metadata").text("resourceVersion");
        try (BufferedReader events = new BufferedReader(new InputStreamReader(
                api.open("GET", path, "", new byte[0], "application/json"), StandardCharsets.UTF_8))) {
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                Struct event = Json.object(line.getBytes(StandardCharsets.UTF_8));
                if (done.test(event.text("type"), event.struct("object"))) {
                    return true;
                }
            }
        } catch (IOException e) {
            throw new CommandFailure("error: the watch was cut: " + e.getMessage());
        }
        return false;
    }
}
