package io.k3j.encryptionproviders;

import io.k3j.encryption.DataKey;
import io.k3j.encryption.UnreadableRow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a plug-in has answered for one data key. A key that has opened a row is the right one, and stays, whatever the
/// plug-in answers later: what it does not open is damaged. Until then the plug-in may have been wrong:
///
/// ```
/// a row is not opened ─ a second later ─► another answer: the first and the newest are tried from now on
///                                     └─► the same: the row is damaged; asked again ten minutes later only
/// ```
///
/// Any thread; nothing blocks.
final class KeyAnswers {
    static final Duration SHORTEST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofMinutes(10);
    private volatile Keys keys;
    private boolean asking;
    private boolean doubted;
    private Duration pause = SHORTEST;
    /// When the plug-in may be asked once more, while a key is in doubt.
    private long next;

    /// @param other the newest answer, when it is not the first
    /// @param proven whether the first one has opened a row
    private record Keys(DataKey first, @Nullable DataKey other, boolean proven) {
    }

    /// @param proven whether it is known to be right
    KeyAnswers(DataKey key, boolean proven) {
        this.keys = new Keys(key, null, proven);
    }

    /// The content of a row.
    /// @throws UnreadableRow when no answer opens it
    byte[] open(String place, byte[] data) {
        Keys now = keys;
        if (now.proven) {
            return now.first.open(place, data);
        }
        try {
            return proving(now.first, place, data);
        } catch (UnreadableRow e) {
            if (now.other == null) {
                throw e;
            }
            return proving(now.other, place, data);
        }
    }

    private byte[] proving(DataKey key, String place, byte[] data) {
        byte[] content = key.open(place, data);
        prove(key);
        return content;
    }

    private synchronized void prove(DataKey key) {
        if (!keys.proven) {
            keys = new Keys(key, null, true);
        }
    }

    /// A row was not opened: whether the caller is to ask the plug-in once more now, and to say what came of it.
    synchronized boolean doubt(long now) {
        if (!doubted) {
            doubted = true;
            next = now + pause.toNanos();
        }
        if (keys.proven || asking || now - next < 0) {
            return false;
        }
        asking = true;
        return true;
    }

    /// The plug-in has answered once more.
    synchronized void answered(DataKey fresh, long now) {
        Keys before = keys;
        boolean same = fresh.same(before.first) || before.other != null && fresh.same(before.other);
        if (!same && !before.proven) {
            keys = new Keys(before.first, fresh, false);
        }
        Duration twice = pause.multipliedBy(2);
        pause = same || twice.compareTo(LONGEST) > 0 ? LONGEST : twice;
        asking = false;
        next = now + pause.toNanos();
    }

    /// It has not.
    synchronized void notAnswered(long now) {
        asking = false;
        next = now + SHORTEST.toNanos();
    }
}
