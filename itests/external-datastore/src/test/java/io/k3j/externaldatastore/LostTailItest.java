package io.k3j.externaldatastore;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitdatabases.CuttingProxy;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two servers at a primary that dies, and whose standby takes over without having had the last change.
@Tag("full")
@Tag("data")
@NeedsPackages("postgresql")
class LostTailItest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String DATABASE = "kubernetes";
    private static final Pattern REVISION = Pattern.compile("\"resourceVersion\":\"(\\d+)\"");
    @TempDir
    Path directory;

    @Test
    void clientsAreSentToReadAnewAndNoRevisionMeansTwoThings() throws Exception {
        try (PostgresServer primary = PostgresServer.started();
                PostgresServer standby = primary.standby();
                CuttingProxy address = new CuttingProxy(primary.port());
                K3sProcess a = server("a", primary.endpoint(address.port(), DATABASE));
                K3sProcess b = server("b", primary.endpoint(address.port(), DATABASE));
                ConfigMaps here = new ConfigMaps(directory.resolve("a"));
                ConfigMaps there = new ConfigMaps(directory.resolve("b"))) {
            assertThat(here.create("kept").statusCode()).isEqualTo(201);
            primary.cutOff(standby);
            there.watch();
            HttpResponse<String> lost = here.create("lost");
            assertThat(lost.statusCode()).isEqualTo(201);
            b.await("the change that will be lost", LIMIT, () -> there.told("lost"));
            primary.kill();
            standby.promote();
            address.lead(standby.port());
            address.cut();
            a.await("a write", LIMIT, () -> created(here, "after"));
            b.await("the end of the watch", LIMIT, there::ended);
            assertThat(there.lines()).noneMatch(line -> line.contains("\"after\""));
            b.await("the picture after the loss", LIMIT, () -> listed(there, "after"));
            assertThat(there.list("").body()).contains("\"kept\"").doesNotContain("\"lost\"");
            long told = revision(lost.body());
            try (ConfigMaps late = new ConfigMaps(directory.resolve("b"))) {
                late.watch("?watch=true&resourceVersion=" + told);
                b.await("410", LIMIT, late::ended);
                assertThat(late.lines()).singleElement().asString().contains("\"code\":410");
            }
            assertThat(revision(there.list("").body())).isGreaterThan(told);
            assertThat(revision(here.create("next").body())).isGreaterThan(told);
        }
    }

    private K3sProcess server(String name, String endpoint) throws IOException, InterruptedException {
        K3sProcess server = K3sProcess.server(Files.createDirectory(directory.resolve(name)), "--disable-agent",
                "--bind-address", "127.0.0.1", "--token", "the-token", "--datastore-endpoint", endpoint);
        server.awaitOutput("Component healthy component=apiserver", LIMIT);
        return server;
    }

    private static long revision(String body) {
        Matcher found = REVISION.matcher(body);
        assertThat(found.find()).as(body).isTrue();
        return Long.parseLong(found.group(1));
    }

    private static boolean created(ConfigMaps api, String name) {
        try {
            int code = api.create(name).statusCode();
            // of a write before, whose outcome nobody knew
            return code == 201 || code == 409;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean listed(ConfigMaps api, String name) {
        try {
            return api.list("?resourceVersion=0").body().contains("\"" + name + "\"");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
