package io.k3j.testkit;

import io.k3j.clientapi.View;
import io.k3j.model.Obj;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Writes down what a view tells: `+name`, `~name`, `-name`, `synced`.
final class Recorder implements View.Listener {
    private static final long LIMIT_SECONDS = 120;
    private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Long> revisions = new LinkedBlockingQueue<>();

    @Override
    public void changed(@Nullable Obj before, @Nullable Obj after) {
        if (after == null) {
            told.add("-" + (before == null ? "?" : before.name()));
        } else {
            told.add((before == null ? "+" : "~") + after.name());
            revisions.add(after.revision());
        }
    }

    @Override
    public void synced() {
        told.add("synced");
    }

    /// The next `count` words; waits for them.
    List<String> next(int count) throws InterruptedException {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String word = told.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (word == null) {
                throw new AssertionError("told only " + words);
            }
            words.add(word);
        }
        return words;
    }

    /// What has been told and not been asked for.
    List<String> rest() {
        return List.copyOf(told);
    }

    /// The revisions of all objects told, in order of telling.
    List<Long> revisions() {
        return List.copyOf(revisions);
    }
}
