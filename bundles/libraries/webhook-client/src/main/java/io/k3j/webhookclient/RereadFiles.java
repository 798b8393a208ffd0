package io.k3j.webhookclient;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// What is made of files that somebody else replaces, as of a certificate and its key. They are looked at with the next
/// question, once in [#PAUSE] at most. What cannot be read, or does not fit together, changes nothing until it does:
/// files are replaced one after the other. Any thread; reads files.
final class RereadFiles<T> {
    /// How long what was read counts without a look; that of upstream's cache of certificates.
    static final long PAUSE = 1_000_000_000L;
    private static final System.Logger LOG = System.getLogger("io.k3j.webhookclient");
    private final List<KubeconfigText> sources;
    private final Function<List<String>, T> make;
    private final LongSupplier nanos;
    private List<String> texts;
    private T made;
    private long looked;
    private String trouble = "";

    /// Makes it of the texts as they were read already.
    /// @param make throws an `IllegalArgumentException`, without anything secret, for what cannot be used
    /// @param nanos a clock that only goes forward
    RereadFiles(List<KubeconfigText> sources, Function<List<String>, T> make, LongSupplier nanos) {
        this.sources = List.copyOf(sources);
        this.make = make;
        this.nanos = nanos;
        this.texts = sources.stream().map(KubeconfigText::text).toList();
        this.made = make.apply(texts);
        this.looked = nanos.getAsLong();
    }

    /// What is made of them as they are; the same one while they stay.
    synchronized T current() {
        long now = nanos.getAsLong();
        if (now - looked >= PAUSE && sources.stream().anyMatch(source -> source.file() != null)) {
            looked = now;
            look();
        }
        return made;
    }

    private void look() {
        try {
            List<String> read = new ArrayList<>();
            for (KubeconfigText source : sources) {
                read.add(source.now());
            }
            if (!read.equals(texts)) {
                made = make.apply(read);
                texts = read;
                LOG.log(System.Logger.Level.INFO, "Read changed files of a kubeconfig path={0}", sources);
            }
            trouble = "";
        } catch (IOException | IllegalArgumentException e) {
            told(String.valueOf(e.getMessage()));
        }
    }

    /// Once for each cause.
    private void told(String why) {
        if (!why.equals(trouble)) {
            trouble = why;
            LOG.log(System.Logger.Level.WARNING, "Cannot use changed files of a kubeconfig, going on with what they"
                    + " held path={0} error={1}", sources, why);
        }
    }
}
