package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Keeps a record of the blocks of pages that hosts have carried out, and fails a test that has left out one it names
/// ([Follows]). Of blocks for a variant only those of the variants it has come to are wanted: a test may be run with
/// one after the other. The record is a file, since the hosts of a test do not know of it; each process that runs tests
/// has its own.
final class FollowedBlocks implements BeforeEachCallback, AfterEachCallback {
    private static final Path RECORD = Path.of("target", "followed-blocks-" + UUID.randomUUID() + ".txt");
    private static final ExtensionContext.Namespace OWN = ExtensionContext.Namespace.create(FollowedBlocks.class);

    /// Notes that a block has been carried out.
    static void add(Page.Block block) throws IOException {
        Files.writeString(RECORD, block.place() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static List<String> record() throws IOException {
        return Files.exists(RECORD) ? Files.readAllLines(RECORD) : List.of();
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        context.getStore(OWN).put(Integer.class, record().size());
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (context.getExecutionException().isPresent()) {
            return;
        }
        List<String> all = record();
        int begin = context.getStore(OWN).get(Integer.class, Integer.class);
        Set<String> followed = new TreeSet<>(all.subList(begin, all.size()));
        assertThat(missing(named(context), followed))
                .as("blocks that this test names in @Follows and has not carried out").isEmpty();
    }

    private static List<Page.Block> named(ExtensionContext context) throws IOException {
        List<Page.Block> named = new ArrayList<>();
        for (Follows each : context.getRequiredTestMethod().getAnnotationsByType(Follows.class)) {
            Page page = Page.of(each.page());
            for (String marker : each.blocks()) {
                named.addAll(page.marked(marker));
            }
        }
        return named;
    }

    /// The places of those that should have been carried out and were not.
    static List<String> missing(List<Page.Block> named, Set<String> followed) {
        Set<String> variants = new TreeSet<>(Set.of(""));
        named.stream().filter(b -> followed.contains(b.place())).map(FollowedBlocks::variant).forEach(variants::add);
        List<Page.Block> wanted = named.stream().filter(b -> variants.contains(variant(b))).toList();
        return (wanted.isEmpty() ? named : wanted).stream().map(Page.Block::place)
                .filter(place -> !followed.contains(place)).toList();
    }

    /// A variant of one page is none of another.
    private static String variant(Page.Block block) {
        return block.variant().isEmpty() ? "" : block.place().split(":")[0] + " " + block.variant();
    }
}
