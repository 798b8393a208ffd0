package io.k3j.datastoresqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteCopyTest {
    @TempDir
    Path dir;

    private static String text(Path file) throws SQLException {
        try (Connection copy = new Connections(file).reading();
                Statement statement = copy.createStatement();
                ResultSet rows = statement.executeQuery("SELECT group_concat(name) FROM kine")) {
            return rows.getString(1);
        }
    }

    @Test
    void copiesWhatWasCommittedWhileAServerGoesOnWriting() throws SQLException {
        Path database = dir.resolve("state.db");
        Path copy = dir.resolve("copy.db");
        try (Connection server = new Connections(database).writing(); Statement write = server.createStatement()) {
            write.execute("PRAGMA journal_mode=WAL");
            write.execute("CREATE TABLE kine (name TEXT)");
            write.execute("INSERT INTO kine VALUES ('committed')");
            write.execute("BEGIN IMMEDIATE");
            write.execute("INSERT INTO kine VALUES ('not yet')");
            new SqliteCopy().accept(database, copy);
            write.execute("COMMIT");
            assertThat(text(copy)).isEqualTo("committed");
            assertThat(text(database)).isEqualTo("committed,not yet");
        }
    }

    @Test
    void saysWhatCannotBeCopied() throws Exception {
        Path damaged = Files.writeString(dir.resolve("damaged.db"), "no database ".repeat(100));
        assertThatThrownBy(() -> new SqliteCopy().accept(damaged, dir.resolve("copy.db")))
                .isInstanceOf(DatastoreUnavailable.class).hasMessageContaining("cannot copy " + damaged);
    }
}
