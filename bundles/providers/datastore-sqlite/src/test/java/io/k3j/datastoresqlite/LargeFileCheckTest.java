package io.k3j.datastoresqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The report about a damaged file that is too large to be checked during the start.
class LargeFileCheckTest {
    private static final int PAGE = 4_096;
    @TempDir
    Path dataDir;
    private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();

    @BeforeEach
    void fill() throws IOException, SQLException {
        open().close();
        Sql.run(Sql.file(dataDir),
                "INSERT INTO kine (name, created, deleted, create_revision, prev_revision, lease, value)"
                        + " VALUES ('/k', 1, 0, 0, 0, 0, zeroblob(" + (QuickCheck.MAX_START_BYTES + 1) + "))");
    }

    @Test
    void damageStopsReadinessAndNamesTheRemedy() throws Exception {
        // a table that no query of the store reads
        Sql.run(Sql.file(dataDir), "CREATE TABLE other (x)");
        long page = Long.parseLong(
                Sql.rows(Sql.file(dataDir), "SELECT rootpage FROM sqlite_master WHERE name = 'other'").getFirst());
        try (RandomAccessFile file = new RandomAccessFile(Sql.file(dataDir).toFile(), "rw")) {
            file.seek((page - 1) * PAGE);
            file.write(new byte[PAGE]);
        }
        try (SqliteStore store = open()) {
            assertThat(reports.poll(5, TimeUnit.MINUTES)).startsWith("datastore-file STOPPED the datastore "
                    + Sql.file(dataDir) + " is damaged (").contains("page " + page).contains("stop the server")
                    .contains(".recover");
            assertThat(store.datastore().revision()).isPositive();
        }
    }

    private SqliteStore open() {
        return SqliteStore.open(dataDir, false, new Health() {
            @Override
            public HealthScope scope(String component) {
                return new HealthScope() {
                    @Override
                    public void report(HealthLevel level, String message) {
                        reports.add(component + " " + level + " " + message);
                    }

                    @Override
                    public void close() {
                        // the report stays recorded
                    }
                };
            }

            @Override
            public List<HealthReport> reports() {
                return List.of();
            }
        }, message -> {
        });
    }
}
