package io.k3j.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitHeadTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    private Path tree;

    private void file(String name, String text) throws IOException {
        Path file = tree.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void isAbsentOutsideACheckout() throws Exception {
        assertThat(GitHead.of(tree)).isEmpty();
    }

    @Test
    void followsABranchLooseOrPacked() throws Exception {
        file(".git/HEAD", "ref: refs/heads/main\n");
        file(".git/packed-refs", "# pack-refs with: peeled\n" + COMMIT + " refs/heads/main\n");
        assertThat(GitHead.of(tree)).contains(COMMIT);
        file(".git/refs/heads/main", COMMIT.replace('0', 'f') + "\n");
        assertThat(GitHead.of(tree)).contains(COMMIT.replace('0', 'f'));
    }

    @Test
    void readsACheckedOutCommitAndAWorktree() throws Exception {
        file("main/.git/HEAD", COMMIT + "\n");
        assertThat(GitHead.of(tree.resolve("main"))).contains(COMMIT);
        file("main/.git/worktrees/w/HEAD", "ref: refs/heads/w\n");
        file("main/.git/worktrees/w/commondir", "../..\n");
        file("main/.git/refs/heads/w", COMMIT + "\n");
        file("w/.git", "gitdir: " + tree.resolve("main/.git/worktrees/w") + "\n");
        assertThat(GitHead.of(tree.resolve("w"))).contains(COMMIT);
    }
}
