package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Plays HTTP transcripts: `> METHOD path`, request headers as `> name: value`, a body as it is, then the response's
/// status, warnings and body without managed fields. With `-Drewrite=DIRECTORY` the actual responses are written
/// there instead of compared.
class TranscriptTest {
    @ParameterizedTest
    @ValueSource(strings = {"create", "read", "update", "patch", "delete", "status", "list", "discovery", "errors"})
    void answersAsWritten(String name) throws IOException {
        try (TestServer server = new TestServer();
                InputStream in = TranscriptTest.class.getResourceAsStream(name + ".txt")) {
            List<String> expected = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            List<String> actual = new ArrayList<>();
            for (int at = 0; at < expected.size();) {
                at = step(server, expected, at, actual);
            }
            String directory = System.getProperty("rewrite");
            if (directory != null) {
                Files.writeString(Path.of(directory, name + ".txt"), String.join("\n", actual) + "\n");
            } else {
                assertThat(actual).isEqualTo(expected);
            }
        }
    }

    /// Plays one step; returns the line after it.
    private static int step(TestServer server, List<String> lines, int from, List<String> actual) throws IOException {
        int at = from;
        while (at < lines.size() && !lines.get(at).startsWith("> ")) {
            actual.add(lines.get(at++));
        }
        if (at == lines.size()) {
            return at;
        }
        String[] head = lines.get(at).substring(2).split(" ", 2);
        actual.add(lines.get(at++));
        List<String> headers = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        for (; at < lines.size() && !lines.get(at).startsWith("< "); at++) {
            actual.add(lines.get(at));
            if (lines.get(at).startsWith("> ")) {
                headers.add(lines.get(at).substring(2));
            } else {
                body.append(lines.get(at)).append('\n');
            }
        }
        TestExchange x = new TestExchange(head[0], head[1], body.toString().strip().getBytes(StandardCharsets.UTF_8))
                .with("user-agent", "test/1");
        headers.forEach(h -> x.with(h.substring(0, h.indexOf(':')), h.substring(h.indexOf(':') + 1).strip()));
        server.serve(x);
        actual.add("< " + x.status() + (x.answered("warning").isEmpty() ? "" : " " + x.answered("warning")));
        actual.addAll(shown(x));
        while (at < lines.size() && !lines.get(at).startsWith("> ") && !lines.get(at).startsWith("# ")
                && !lines.get(at).isEmpty()) {
            at++;
        }
        return at;
    }

    private static List<String> shown(TestExchange x) {
        if (!x.answered("content-type").startsWith("application/json")) {
            return x.text().lines().toList();
        }
        try {
            return x.text().isEmpty() ? List.of() : Json.text(unowned(Json.object(x.bytes()))).lines().toList();
        } catch (MalformedInput e) {
            return List.of("not JSON: " + x.text());
        }
    }

    private static Struct unowned(Struct answer) {
        Seq items = answer.seq("items");
        Struct bare = answer.withoutAt("metadata", "managedFields");
        return items.isEmpty() ? bare
                : bare.with("items", items.structs().stream().map(TranscriptTest::unowned).toList());
    }
}
