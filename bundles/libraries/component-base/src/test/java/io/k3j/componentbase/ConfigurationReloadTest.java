package io.k3j.componentbase;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationReloadTest implements ConfigurationReload.Target {
    @TempDir
    Path dir;
    private final List<String> told = new ArrayList<>();
    private long nanos;
    private Path file;
    private ConfigurationReload reload;

    @BeforeEach
    void begin() throws IOException {
        file = dir.resolve("config.yaml");
        write("first");
        ConfigurationFile read = new ConfigurationFile(file);
        reload = new ConfigurationReload(read, read.bytes(), this, Health.none(), () -> nanos);
    }

    private void write(String text) throws IOException {
        Path next = Files.writeString(dir.resolve("next"), text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void aMinuteLater() throws InterruptedException {
        nanos += Duration.ofMinutes(1).toNanos();
        reload.look();
    }

    @Override
    public void use(byte[] content) throws IOException {
        String text = new String(content, StandardCharsets.UTF_8);
        if (text.equals("never")) {
            throw new IllegalArgumentException("it is wrong");
        }
        if (text.equals("later")) {
            throw new IOException("not yet");
        }
        told.add("use " + text);
    }

    @Override
    public String what() {
        return "test config";
    }

    @Override
    public void failed(String why) {
        told.add("failed " + why);
    }

    @Override
    public void unchanged(String trouble) {
        told.add("unchanged " + trouble);
    }

    @Test
    void anotherContentIsTakenIntoUseOnce() throws Exception {
        reload.look();
        write("second");
        reload.look();
        reload.look();
        assertThat(told).containsExactly("unchanged ", "use second", "unchanged ");
    }

    @Test
    void whatCanNeverBeUsedIsTriedOnceAndRemembered() throws Exception {
        write("never");
        reload.look();
        aMinuteLater();
        assertThat(told).containsExactly("failed it is wrong", "unchanged it is wrong");
        write("first");
        reload.look();
        assertThat(told.getLast()).isEqualTo("unchanged ");
    }

    @Test
    void whatCannotBeUsedForNowIsTriedEachMinute() throws Exception {
        write("later");
        reload.look();
        reload.look();
        aMinuteLater();
        assertThat(told).containsExactly("failed failed to update test config: not yet",
                "failed failed to update test config: not yet");
    }

    @Test
    void aFileThatWasAwayIsWellAgainWithTheSameContent() throws Exception {
        Files.delete(file);
        reload.look();
        assertThat(told).singleElement().asString().startsWith("failed failed to read test config file: ");
        write("first");
        reload.look();
        assertThat(told.getLast()).isEqualTo("unchanged ");
    }

    @Test
    void aFileWithoutEndIsNotRead() throws Exception {
        write("x".repeat(ConfigurationFile.MOST_BYTES + 1));
        reload.look();
        assertThat(told).singleElement().asString().contains("larger than 4194304 bytes");
    }
}
