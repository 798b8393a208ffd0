package io.k3j.features;

import java.time.Duration;
import java.util.List;
import java.util.function.BinaryOperator;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedClassLoader;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingStream;
import org.jspecify.annotations.Nullable;

/// Has the JDK's Flight Recorder look at what computes, on platform and on virtual threads, and at who starts threads,
/// and tells [PluginUse] what of it is a plug-in's. Runs only while there are plug-ins; its thread is the JDK's.
final class PluginSampler implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    /// What the recorder keeps on the disk, in the directory for temporary files; it is read within a second.
    private static final long MOST_BYTES = 16L << 20;
    private static final Duration OLDEST = Duration.ofSeconds(30);
    private final RecordingStream stream;
    private final PluginUse use;
    private final BinaryOperator<String> owners;

    private PluginSampler(RecordingStream stream, PluginUse use, BinaryOperator<String> owners) {
        this.stream = stream;
        this.use = use;
        this.owners = owners;
    }

    /// Begins to look; what is started afterwards is seen.
    /// @param owners the location of the bundle of a class, by its name and the name of its loader's class; empty for
    ///        none
    /// @return null where there is no recorder
    static @Nullable PluginSampler start(PluginUse use, BinaryOperator<String> owners) {
        try {
            PluginSampler sampler = new PluginSampler(new RecordingStream(), use, owners);
            sampler.start();
            return sampler;
        } catch (RuntimeException | LinkageError e) {
            LOG.log(System.Logger.Level.WARNING, "Plugins run without being looked at: a processor that one keeps busy"
                    + " is not noticed error=" + e.getMessage(), e);
            return null;
        }
    }

    private void start() {
        stream.setMaxSize(MOST_BYTES);
        stream.setMaxAge(OLDEST);
        stream.enable("jdk.ExecutionSample").withPeriod(PluginUse.PERIOD);
        stream.enable("jdk.ThreadStart").withStackTrace();
        stream.enable("jdk.ThreadEnd");
        stream.onEvent("jdk.ExecutionSample", this::computed);
        stream.onEvent("jdk.ThreadStart", this::started);
        stream.onEvent("jdk.ThreadEnd", event -> use.ended(id(event.getThread("thread"))));
        stream.onError(e -> LOG.log(System.Logger.Level.DEBUG, "A sample of what plugins do is lost", e));
        stream.startAsync();
    }

    private void computed(RecordedEvent event) {
        String owner = owner(event.getStackTrace());
        if (!owner.isEmpty()) {
            use.computed(owner, event.getStartTime());
        }
    }

    private void started(RecordedEvent event) {
        use.started(id(event.getThread("thread")), id(event.getThread("parentThread")),
                owner(event.getStackTrace()));
    }

    private static long id(@Nullable RecordedThread thread) {
        return thread == null ? 0 : thread.getJavaThreadId();
    }

    /// The plug-in whose method is nearest to what is done.
    private String owner(@Nullable RecordedStackTrace stack) {
        List<RecordedFrame> frames = stack == null ? List.of() : stack.getFrames();
        for (RecordedFrame frame : frames) {
            RecordedClass type = frame.isJavaFrame() ? frame.getMethod().getType() : null;
            String owner = type == null ? "" : owners.apply(type.getName(), loader(type));
            if (!owner.isEmpty()) {
                return owner;
            }
        }
        return "";
    }

    private static String loader(RecordedClass type) {
        RecordedClassLoader loader = type.getClassLoader();
        RecordedClass kind = loader == null ? null : loader.getType();
        return kind == null ? "" : kind.getName();
    }

    @Override
    public void close() {
        stream.close();
    }
}
