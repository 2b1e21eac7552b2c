# A stand-in for the real backend: it answers on its port.
FROM busybox:1.37.0
ARG VERSION=0
RUN mkdir -p /app/www && echo "django-backend ${VERSION}" > /app/www/healthz
CMD ["httpd", "-f", "-p", "8000", "-h", "/app/www"]
