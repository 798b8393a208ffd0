package io.k3j.testkitosgi;

import io.k3j.testkitbase.Waiting;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.util.tracker.ServiceTracker;

/// A test instance inside the framework, its fields filled.
final class Twin implements AutoCloseable {

    private final Object instance;
    private final BundleContext context;
    private final List<ServiceTracker<?, ?>> trackers = new ArrayList<>();

    private Twin(Object instance, BundleContext context) {
        this.instance = instance;
        this.context = context;
    }

    static Twin of(Class<?> type, BundleContext context) throws ReflectiveOperationException {
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        Twin twin = new Twin(constructor.newInstance(), context);
        for (Field field : type.getDeclaredFields()) {
            twin.fill(field);
        }
        return twin;
    }

    Object instance() {
        return instance;
    }

    private void fill(Field field) throws ReflectiveOperationException {
        Injected wanted = field.getAnnotation(Injected.class);
        if (field.getType() == BundleContext.class) {
            field.setAccessible(true);
            field.set(instance, context);
        } else if (wanted != null) {
            field.setAccessible(true);
            field.set(instance, service(field.getType(), wanted.value()));
        }
    }

    private Object service(Class<?> type, String filter) {
        try {
            ServiceTracker<Object, Object> tracker = new ServiceTracker<>(context,
                    FrameworkUtil.createFilter("(&(objectClass=" + type.getName() + ")" + filter + ")"), null);
            tracker.open();
            trackers.add(tracker);
            Object service = tracker.waitForService(Waiting.LIMIT.toMillis());
            if (service == null) {
                throw new AssertionError("no service " + type.getName() + filter + " after "
                        + Waiting.LIMIT.toSeconds() + " s");
            }
            return service;
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(filter, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        trackers.forEach(ServiceTracker::close);
    }
}
