package io.k3j.plugins;

import io.k3j.componentbase.FaultyBundle;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
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
final class PluginSampler implements Sampling.Sampler {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    /// What the recorder keeps on the disk ([Recorder]); it is read within a second.
    private static final long MOST_BYTES = 16L << 20;
    /// The JDK's name for the group of its carriers.
    private static final String CARRIERS = "CarrierThreads";
    /// How the JDK names the workers of its common pool.
    private static final String COMMON = "ForkJoinPool.commonPool-worker-";
    /// What is older than that has been read, or is not going to be.
    private static final Duration OLDEST = Duration.ofSeconds(30);
    private final RecordingStream stream;
    private final PluginUse use;
    private final PluginClasses classes;

    private PluginSampler(RecordingStream stream, PluginUse use, PluginClasses classes) {
        this.stream = stream;
        this.use = use;
        this.classes = classes;
    }

    /// Begins to look; what is started afterwards is seen.
    /// @param classes knows whose a class is
    /// @return null where there is no recorder, or nowhere for it to write
    static @Nullable PluginSampler start(Recorder recorder, PluginUse use, PluginClasses classes) {
        try {
            recorder.place();
            PluginSampler sampler = new PluginSampler(new RecordingStream(), use, classes);
            sampler.start();
            return sampler;
        } catch (IOException | RuntimeException | LinkageError e) {
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

    /// One sample: whose it is is decided by the thread's starter before its stack.
    private void computed(RecordedEvent event) {
        RecordedThread thread = event.getThread("sampledThread");
        RecordedStackTrace stack = event.getStackTrace();
        if (thread == null || stack == null) {
            return;
        }
        String owner = use.owner(
                new PluginUse.Computing(id(thread), thread.isVirtual(), stack.isTruncated()), nearest(stack),
                classes::stopped);
        // a call is asked for by others, so that they would use up what the plug-in has: it has a limit of its own
        boolean call = isCall(thread) && !use.started(id(thread)) && !classes.stopped(owner);
        if (!owner.isEmpty() && !call) {
            use.computed(owner, id(thread), event.getStartTime());
        }
    }

    /// Threads that the JDK starts for everybody are nobody's, whoever's call was the first to need them.
    private void started(RecordedEvent event) {
        RecordedThread thread = event.getThread("thread");
        if (thread != null && !isCall(thread) && !isCarrier(thread) && !isCommon(thread.getJavaName())) {
            use.started(id(thread), id(event.getThread("parentThread")), nearest(event.getStackTrace()));
        }
    }

    /// A call into a plug-in is made on a thread of this name, and has a limit of its own.
    private static boolean isCall(RecordedThread thread) {
        return FaultyBundle.CALL_THREAD.equals(thread.getJavaName());
    }

    /// A carrier of virtual threads is everybody's, whoever was the first to need it.
    private static boolean isCarrier(RecordedThread thread) {
        return thread.getThreadGroup() != null && CARRIERS.equals(thread.getThreadGroup().getName());
    }

    /// So is a worker of the JDK's common pool, which outlives what it does: `java.net.http` completes there what a
    /// plug-in has asked for.
    static boolean isCommon(@Nullable String thread) {
        return thread != null && thread.startsWith(COMMON);
    }

    private static long id(@Nullable RecordedThread thread) {
        return thread == null ? 0 : thread.getJavaThreadId();
    }

    /// The plug-in whose method is nearest to what is done.
    private String nearest(@Nullable RecordedStackTrace stack) {
        List<RecordedFrame> frames = stack == null ? List.of() : stack.getFrames();
        for (RecordedFrame frame : frames) {
            RecordedClass type = frame.isJavaFrame() ? frame.getMethod().getType() : null;
            String owner = type == null ? "" : classes.owner(type.getName(), loader(type));
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
